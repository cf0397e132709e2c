import type { FileTree } from './tree/file-tree.js';
import type { FileChange } from './tree/staged-tree.js';

const lists = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies', 'workspaces'] as const;

/**
 * Whether something has to be installed after changes: a package.json is new, or asks for other packages than before.
 *
 * @param before The files without the changes.
 */
export function changesDependencies(changes: readonly FileChange[], before: Pick<FileTree, 'read'>): boolean {
  return changes.some(({ file, text }) => {
    if (!/(^|\/)package\.json$/.test(file)) return false;
    const former = before.read(file);
    return former === undefined || asked(former) !== asked(text);
  });
}

function asked(manifest: string): string {
  const read = JSON.parse(manifest.replace(/^\uFEFF/, '')) as Readonly<Record<string, unknown>>;
  return JSON.stringify(lists.map((list) => read[list] ?? null));
}
