import { UsageError } from '../../usage-error.js';
import { below, type FileTree } from '../tree/file-tree.js';

export interface Manifest {
  readonly name?: string;
  readonly workspaces?: readonly string[] | { readonly packages?: readonly string[] };
  readonly skerry?: { readonly module?: string };
  readonly scripts?: Readonly<Record<string, string>>;
  readonly exports?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** The package.json of a directory; `undefined` where there is none. Throws a `UsageError` for one that cannot be read. */
export function readManifest(tree: FileTree, directory: string): Manifest | undefined {
  const path = below(directory, 'package.json');
  const text = tree.read(path);
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
    throw new Error('it is no object');
  } catch (error) {
    throw new UsageError(`Cannot read ${path}: ${(error as Error).message}.`, 'mend the file; nothing was changed');
  }
}

/** Changes a package.json that is there, and writes it as it was written: indentation, line breaks, the end of the file. */
export function editManifest(tree: FileTree, directory: string, change: (manifest: Manifest) => Manifest): void {
  const path = below(directory, 'package.json');
  const before = readManifest(tree, directory);
  const text = tree.read(path) ?? '';
  if (!before) throw new UsageError(`Cannot find ${path}.`, 'make one: npm init');
  const after = change(before);
  if (JSON.stringify(after) === JSON.stringify(before)) return;
  const indent = /^[{[]\r?\n([ \t]+)/.exec(text.replace(/^\uFEFF/, ''))?.[1] ?? '  ';
  const lines = `${JSON.stringify(after, undefined, indent)}${/\n\s*$/.test(text) || text === '' ? '\n' : ''}`;
  tree.write(path, text.includes('\r\n') ? lines.replaceAll('\n', '\r\n') : lines);
}

/** Adds what a package needs; one that it has is left as it is, in whichever of its lists. Keeps a list sorted that is. */
export function addDependencies(
  tree: FileTree,
  directory: string,
  wanted: Readonly<Record<string, string>>,
  list: 'dependencies' | 'devDependencies' = 'dependencies',
): void {
  editManifest(tree, directory, (manifest) => {
    const { name, dependencies = {}, devDependencies = {} } = manifest;
    const missing = Object.entries(wanted).filter(([each]) => {
      // What is needed when it runs has to be more than a dependency of its development.
      const there = list === 'dependencies' ? dependencies : { ...dependencies, ...devDependencies };
      return each !== name && !Object.hasOwn(there, each);
    });
    if (missing.length === 0) return manifest;
    const before = Object.entries(manifest[list] ?? {});
    const names = before.map(([each]) => each);
    const all = [...before, ...missing];
    if (names.every((each, index) => index === 0 || names[index - 1]! <= each))
      all.sort(([a], [b]) => (a < b ? -1 : 1));
    const moved = new Set(missing.map(([each]) => each));
    const development = Object.fromEntries(Object.entries(devDependencies).filter(([each]) => !moved.has(each)));
    return {
      ...manifest,
      ...(list === 'dependencies' && Object.keys(development).length < Object.keys(devDependencies).length
        ? { devDependencies: development }
        : {}),
      [list]: Object.fromEntries(all),
    };
  });
}
