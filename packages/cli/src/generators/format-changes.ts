import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FileChange } from './tree/staged-tree.js';
import type { FileTree } from './tree/file-tree.js';

/** As much of Prettier as is used: it is the workspace's own, of whichever version. */
interface Prettier {
  resolveConfig(file: string, options: { editorconfig: boolean }): Promise<object | null>;
  getFileInfo(
    file: string,
    options: { ignorePath: string },
  ): Promise<{ ignored: boolean; inferredParser: string | null }>;
  check(text: string, options: object): Promise<boolean>;
  format(text: string, options: object): Promise<string>;
}

/**
 * What changes, in the format of the workspace, where that has Prettier. A file that was in another format before keeps what it has, to the
 * character.
 *
 * @param root Of the workspace, absolute.
 */
export async function formatChanges(
  changes: readonly FileChange[],
  root: string,
  before: Pick<FileTree, 'read'>,
): Promise<readonly FileChange[]> {
  const prettier = changes.length > 0 ? await prettierOf(root) : undefined;
  if (!prettier) return changes;
  return Promise.all(
    changes.map(async (change) => ({
      ...change,
      text: await formatted(prettier, change, root, before.read(change.file)),
    })),
  );
}

async function prettierOf(root: string): Promise<Prettier | undefined> {
  try {
    const path = createRequire(join(root, 'package.json')).resolve('prettier');
    const found = (await import(pathToFileURL(path).href)) as Prettier & { default?: Prettier };
    return found.default ?? found;
  } catch {
    return undefined;
  }
}

async function formatted(
  prettier: Prettier,
  { file, text }: FileChange,
  root: string,
  before?: string,
): Promise<string> {
  const path = join(root, file);
  try {
    const { ignored, inferredParser } = await prettier.getFileInfo(path, { ignorePath: join(root, '.prettierignore') });
    if (ignored || inferredParser === null) return text;
    const options = { ...(await prettier.resolveConfig(path, { editorconfig: true })), filepath: path };
    if (before !== undefined && !(await prettier.check(before, options))) return text;
    return await prettier.format(text, options);
  } catch {
    // A version that cannot do it, or a configuration that is wrong: the workspace's own checks tell that better.
    return text;
  }
}
