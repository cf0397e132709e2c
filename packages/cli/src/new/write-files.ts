import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UsageError } from '../usage-error.js';
import type { Place } from './place.js';

/** Writes new files. When that fails nothing of them is left, and a `UsageError` says why. */
export async function writeFiles({ folder, shown }: Place, files: ReadonlyMap<string, string>): Promise<void> {
  const made: string[] = [];
  try {
    for (const [path, text] of files) {
      const target = join(folder, path);
      // The topmost folder that was not there.
      const first = await mkdir(dirname(target), { recursive: true });
      if (first !== undefined) made.push(first);
      await writeFile(target, text, { flag: 'wx' });
      made.push(target);
    }
  } catch (error) {
    for (const each of made.reverse()) await rm(each, { recursive: true, force: true });
    throw new UsageError(
      `Cannot write ${shown}: ${(error as Error).message}.`,
      'choose a folder that can be written to',
    );
  }
}
