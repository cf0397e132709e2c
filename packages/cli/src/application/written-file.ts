import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../usage-error.js';

/** The text of a file; `undefined` for one that is not there. */
export async function readIfThere(file: string, cwd: string): Promise<string | undefined> {
  try {
    return await readFile(resolve(cwd, file), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UsageError(`Cannot read ${file}: ${(error as Error).message}.`, 'name a file that can be read');
  }
}

/** Leaves a file alone that says the same already, so that nothing is built again for it. Makes its directory. */
export async function writeChanged(file: string, text: string, cwd: string): Promise<void> {
  if ((await readIfThere(file, cwd)) === text) return;
  try {
    await mkdir(dirname(resolve(cwd, file)), { recursive: true });
    await writeFile(resolve(cwd, file), text);
  } catch (error) {
    throw new UsageError(`Cannot write ${file}: ${(error as Error).message}.`, 'name a file that can be written');
  }
}
