import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { exitCodes } from '../exit-codes.js';
import { coloursFor } from '../terminal/colours.js';
import { compactJson } from '../terminal/json-text.js';
import { labelled } from '../terminal/rows.js';
import { interruptedBy, type Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import { workspaceRoot } from '../workspace/workspace-root.js';
import { formatChanges } from './format-changes.js';
import { changesDependencies } from './changed-dependencies.js';
import type { Generator } from './generator.js';
import { installChanges, installLine } from './install-changes.js';
import { DiskTree } from './tree/disk-tree.js';
import { StagedTree, type FileChange } from './tree/staged-tree.js';
import { Workspace } from './workspace/workspace.js';

export interface GeneratorOptions {
  /** Says what would change, and changes nothing. Default `false`. */
  readonly dryRun?: boolean;
  /** Leaves what a package.json asks for newly to the user. Default `false`. */
  readonly skipInstall?: boolean;
  readonly json?: boolean;
}

/**
 * Runs a generator on the workspace around the working directory: writes all of it, or, when it gives up, nothing. What a package.json asks
 * for newly is installed; what was written stays when that fails.
 */
export async function runGenerator<Request>(
  generator: Generator<Request>,
  request: Request & GeneratorOptions,
  terminal: Terminal,
): Promise<number> {
  const { cwd } = terminal;
  const { dryRun = false, skipInstall = false, json = false } = request;
  const root = workspaceRoot(cwd);
  if (!existsSync(join(root, 'package.json'))) {
    throw new UsageError(`Cannot find a workspace: there is no package.json in ${cwd}, nor above it.`, 'go into one');
  }
  const disk = new DiskTree(root);
  const staged = new StagedTree(disk);
  const workspace = Workspace.open(staged, relative(root, cwd).split(sep).join('/'));
  const { what, next } = await generator(workspace, request);
  const changes = await formatChanges(staged.changes(), root, disk);
  const needsInstall = changesDependencies(changes, disk);
  if (!dryRun) for (const { file, text } of changes) disk.write(file, text);
  const done: Done = { what, changes, dryRun, json };
  if (!needsInstall || dryRun || skipInstall) {
    await tell({ ...done, next: needsInstall ? [installLine(root, cwd), ...next] : next }, terminal);
    return exitCodes.ok;
  }
  return install({ ...done, next }, root, terminal);
}

interface Done {
  readonly what: string;
  readonly changes: readonly FileChange[];
  readonly dryRun: boolean;
  readonly json: boolean;
}

type Told = Done & { readonly next: readonly string[] };

/** For people the files are told first, since installing takes a while; programs get one line at the end. */
async function install({ next, ...done }: Told, root: string, terminal: Terminal): Promise<number> {
  const { cwd, signal, stderr } = terminal;
  const { json } = done;
  const left = [installLine(root, cwd), ...next];
  if (!json) await tellFiles(done, terminal);
  try {
    await installChanges(root, terminal, json);
  } catch (error) {
    // The error says it to people.
    if (json) await tell({ ...done, next: left, installed: false }, terminal);
    throw error;
  }
  if (signal.aborted) {
    if (json) await tell({ ...done, next: left, installed: false }, terminal);
    else await stderr.write(`All files are written, and their packages not installed. To go on: ${left[0]}\n`);
    return interruptedBy(signal);
  }
  if (json) await tell({ ...done, next, installed: true }, terminal);
  else await tellNext(next, terminal);
  return exitCodes.ok;
}

async function tell(told: Told & { readonly installed?: boolean }, terminal: Terminal): Promise<void> {
  const { what, changes, dryRun, json, next, installed = false } = told;
  if (json) {
    const files = changes.map(({ file, done }) => ({ file, done }));
    const done = files.length > 0 ? 'changed' : 'unchanged';
    const left = files.length > 0 ? next : [];
    await terminal.stdout.write(`${compactJson({ what, done, dryRun, changes: files, installed, next: left })}\n`);
    return;
  }
  await tellFiles(told, terminal);
  if (changes.length > 0 && !dryRun) await tellNext(next, terminal);
}

async function tellFiles({ what, changes, dryRun }: Done, { stdout, env }: Terminal): Promise<void> {
  const { bold } = coloursFor(stdout, env);
  const verb = (done: FileChange['done']): string =>
    dryRun ? `would ${done === 'created' ? 'create' : 'update'}` : done;
  const lines =
    changes.length === 0
      ? [`nothing to do: ${what} is there`]
      : changes.map(({ file, done }) => `${verb(done)} ${bold(file)}`);
  await stdout.write(`${lines.join('\n')}\n`);
}

async function tellNext(next: readonly string[], { stdout, env }: Terminal): Promise<void> {
  if (next.length === 0) return;
  const { dim } = coloursFor(stdout, env);
  const rows = labelled([['next', next.join('\n')]], '').map((line) => dim(line));
  await stdout.write(`${rows.join('\n')}\n`);
}
