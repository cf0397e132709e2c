import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { isFile, type Manifest } from '../workspace/manifest.js';

/** Whether others import its types from where it is built. */
export function declaresTypes({ types, exports }: Manifest): boolean {
  return types !== undefined || /"types":/.test(JSON.stringify(exports ?? null));
}

/**
 * Has TypeScript write the declarations of a package to `dist`, with its tsconfig.json, and without checking what it can do without.
 * Gives what it complains about; nothing where all went well.
 */
export async function writeDeclarations(directory: string): Promise<string> {
  const compiler = findCompiler(directory);
  if (compiler === undefined) return 'typescript is not installed: its declarations were not written';
  if (!isFile(join(directory, 'tsconfig.json'))) return 'it has no tsconfig.json: its declarations were not written';
  const flags = ['--emitDeclarationOnly', '--declaration', '--noEmit', 'false', '--noCheck', '--pretty', 'false'];
  // Where what it imports is looked up: as it was built, because a source of another package is not below its own.
  const built = ['--customConditions', 'null', '--outDir', 'dist', '--rootDir', 'src'];
  const tsc = spawn(process.execPath, [compiler, '-p', '.', ...flags, ...built], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [told] = await Promise.all([text(tsc.stdout), once(tsc, 'close')]);
  return told.trim();
}

function findCompiler(directory: string): string | undefined {
  try {
    const manifest = createRequire(join(directory, 'package.json')).resolve('typescript/package.json');
    return join(dirname(manifest), 'bin/tsc');
  } catch {
    return undefined;
  }
}
