import { dirname, join } from 'node:path';
import { isFile, readManifest } from './manifest.js';

/**
 * The directory of the workspace that `directory` is in: of the nearest package.json upwards that has `workspaces`, else of the
 * nearest, else itself.
 */
export function workspaceRoot(directory: string): string {
  for (const each of upwards(directory)) {
    if (readManifest(each)?.workspaces !== undefined) return each;
  }
  return packageDirectory(directory) ?? directory;
}

/** The nearest directory upwards that has a package.json. */
export function packageDirectory(directory: string): string | undefined {
  return upwards(directory).find((each) => isFile(join(each, 'package.json')));
}

/** The directory itself, then those that it is in. */
export function upwards(directory: string): string[] {
  const all = [directory];
  for (let each = directory; dirname(each) !== each;) all.push((each = dirname(each)));
  return all;
}
