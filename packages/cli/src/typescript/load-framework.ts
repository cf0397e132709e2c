import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isOwn } from './typescript-file.js';

/**
 * Imports `@skerry/core` as `directory` has it, where it was installed. Before the loader is registered: then each of its hundreds
 * of files would go through another thread, which makes a start half as long again. It is the same module afterwards.
 */
export async function loadFramework(directory: string, root: string): Promise<void> {
  try {
    const entry = createRequire(join(directory, 'package.json')).resolve('@skerry/core');
    if (!isOwn(entry, root)) await import(pathToFileURL(entry).href);
  } catch {
    // Whoever needs it will say that it is not there.
  }
}
