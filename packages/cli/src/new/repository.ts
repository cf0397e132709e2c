import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runChild, type ChildOptions } from '../install/child.js';

/** What was done about git: a repository was made, one was there around or in the folder, or none could be or was to be made. */
export type RepositoryOutcome = 'created' | 'existing' | 'none';

/** Makes a repository, unless the folder is in one already. Nothing is committed. That git is missing is no failure. */
export async function makeRepository(options: ChildOptions): Promise<RepositoryOutcome> {
  for (let folder = options.cwd; ; folder = dirname(folder)) {
    // In a worktree it is a file.
    if (existsSync(join(folder, '.git'))) return 'existing';
    if (folder === dirname(folder)) break;
  }
  const { code } = await runChild(['git', 'init', '--quiet'], options);
  return code === 0 ? 'created' : 'none';
}
