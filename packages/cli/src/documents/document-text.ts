import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { coloursFor } from '../terminal/colours.js';
import { compactJson } from '../terminal/json-text.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import type { Format } from './document-command.js';

/** A document as text, with a line break at its end. */
export async function documentText(document: unknown, format: Format): Promise<string> {
  if (format === 'text') return String(document);
  if (format === 'json') return `${JSON.stringify(document, undefined, 2)}\n`;
  const { stringify } = await import('yaml');
  // Without anchors: not all that read such documents know them.
  return stringify(document, { aliasDuplicateObjects: false, lineWidth: 100 });
}

/**
 * Writes a file that was asked for, and says whether that has changed it. Directories that are not there are made. Throws a
 * `UsageError` for a place that cannot be written to.
 *
 * @param out Relative to the working directory.
 */
export async function writeFileAt(
  out: string,
  text: string,
  { json = false }: { readonly json?: boolean },
  { cwd, stdout, env }: Terminal,
): Promise<void> {
  const path = resolve(cwd, out);
  const before = await readFile(path, 'utf8').catch(() => undefined);
  const done = before === text ? 'unchanged' : before === undefined ? 'created' : 'updated';
  if (done !== 'unchanged') {
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    } catch (error) {
      throw new UsageError(`Cannot write ${out}: ${(error as Error).message}.`, 'name a file that can be written');
    }
  }
  const { bold } = coloursFor(stdout, env);
  await stdout.write(json ? `${compactJson({ file: out, done })}\n` : `${done} ${bold(out)}\n`);
}
