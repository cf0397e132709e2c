import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { exitCodes } from '../exit-codes.js';
import { coloursFor } from '../terminal/colours.js';
import { compactJson } from '../terminal/json-text.js';
import { labelled } from '../terminal/rows.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import { workspaceRoot } from '../workspace/workspace-root.js';
import { formatChanges } from './format-changes.js';
import type { Generated, Generator } from './generator.js';
import { DiskTree } from './tree/disk-tree.js';
import { StagedTree, type FileChange } from './tree/staged-tree.js';
import { Workspace } from './workspace/workspace.js';

export interface GeneratorOptions {
  /** Says what would change, and changes nothing. Default `false`. */
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Runs a generator on the workspace around the working directory: writes all of it, or, when it gives up, nothing. */
export async function runGenerator<Request>(
  generator: Generator<Request>,
  request: Request & GeneratorOptions,
  terminal: Terminal,
): Promise<number> {
  const { cwd } = terminal;
  const root = workspaceRoot(cwd);
  if (!existsSync(join(root, 'package.json'))) {
    throw new UsageError(`Cannot find a workspace: there is no package.json in ${cwd}, nor above it.`, 'go into one');
  }
  const disk = new DiskTree(root);
  const staged = new StagedTree(disk);
  const workspace = Workspace.open(staged, relative(root, cwd).split(sep).join('/'));
  const generated = await generator(workspace, request);
  const changes = await formatChanges(staged.changes(), root, disk);
  if (!request.dryRun) for (const { file, text } of changes) disk.write(file, text);
  await report(generated, changes, request, terminal);
  return exitCodes.ok;
}

async function report(
  { what, next }: Generated,
  changes: readonly FileChange[],
  { dryRun = false, json = false }: GeneratorOptions,
  { stdout, env }: Terminal,
): Promise<void> {
  if (json) {
    const files = changes.map(({ file, done }) => ({ file, done }));
    const left = changes.length > 0 ? next : [];
    await stdout.write(
      `${compactJson({ what, done: files.length > 0 ? 'changed' : 'unchanged', dryRun, changes: files, next: left })}\n`,
    );
    return;
  }
  const { bold, dim } = coloursFor(stdout, env);
  if (changes.length === 0) {
    await stdout.write(`nothing to do: ${what} is there\n`);
    return;
  }
  const verb = (done: FileChange['done']): string =>
    dryRun ? `would ${done === 'created' ? 'create' : 'update'}` : done;
  const lines = changes.map(({ file, done }) => `${verb(done)} ${bold(file)}`);
  const after = dryRun || next.length === 0 ? [] : labelled([['next', next.join('\n')]], '').map((line) => dim(line));
  await stdout.write(`${[...lines, ...after].join('\n')}\n`);
}
