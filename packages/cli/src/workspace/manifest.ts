import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../usage-error.js';

/** What of a package.json is asked for here. */
export interface Manifest {
  readonly name?: string;
  readonly workspaces?: readonly string[] | { readonly packages?: readonly string[] };
  readonly skerry?: { readonly module?: string };
  readonly packageManager?: unknown;
  readonly types?: string;
  readonly exports?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** The package.json of a directory; `undefined` where there is none. Throws a `UsageError` for one that cannot be read. */
export function readManifest(directory: string): Manifest | undefined {
  const path = join(directory, 'package.json');
  if (!isFile(path)) return undefined;
  try {
    const read: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof read === 'object' && read !== null) return read;
    throw new SyntaxError('it is no object');
  } catch (error) {
    throw new UsageError(`Cannot read ${path}: ${(error as Error).message}.`, 'mend it, and write the same again');
  }
}

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
