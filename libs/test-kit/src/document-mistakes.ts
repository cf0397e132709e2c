import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';

/**
 * What the official parser of AsyncAPI finds wrong with each of these documents: its errors, not its advice. An empty list for one
 * without a mistake.
 */
export function asyncApiMistakes(documents: readonly object[]): Promise<string[][]> {
  return mistakes('@asyncapi/parser', documents, asyncApiChecker);
}

/** The same for OpenAPI, by the validator that readme.com publishes. */
export function openApiMistakes(documents: readonly object[]): Promise<string[][]> {
  return mistakes('@readme/openapi-parser', documents, openApiChecker);
}

const asyncApiChecker = `
  const parser = new library.Parser();
  return async (document) => {
    const { diagnostics } = await parser.parse(document);
    const errors = diagnostics.filter(({ severity }) => severity === 0);
    return errors.map(({ code, message, path }) => code + ' at ' + path.join('/') + ': ' + message);
  };`;

const openApiChecker = `
  return async (document) => {
    const { valid, errors = [] } = await library.validate(document);
    return valid ? [] : errors.map(({ message }) => message);
  };`;

// In a process of its own: these libraries are large, and many times slower inside of Jest.
async function mistakes(library: string, documents: readonly object[], checker: string): Promise<string[][]> {
  const path = createRequire(import.meta.url).resolve(library);
  const program = `
    const library = require(${JSON.stringify(path)});
    const check = (() => {${checker}})();
    (async () => {
      const documents = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
      const found = [];
      for (const document of documents) found.push(await check(document));
      console.log(JSON.stringify(found));
    })();`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(JSON.stringify(documents));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  try {
    return JSON.parse(out) as string[][];
  } catch {
    throw new Error(`${library} could not check the documents: ${err || out}`);
  }
}
