import { ProcessTerminal } from '../terminal/process-terminal.js';
import { UsageError } from '../usage-error.js';
import { coreGenerators, type GeneratorName } from './generators.js';
import { changesDependencies } from './changed-dependencies.js';
import { formatChanges } from './format-changes.js';
import { installChanges, installLine } from './install-changes.js';
import { NxFileTree, type NxTree } from './tree/nx-tree.js';
import { StagedTree } from './tree/staged-tree.js';
import { Workspace } from './workspace/workspace.js';

/** A generator as Nx calls it. What it gives is called when the files are written, and not with --dry-run. */
type NxGenerator = (tree: NxTree, options: Record<string, unknown>) => Promise<() => Promise<void>>;

/** `nx generate @skerry/cli:service orders`; generators.json names these. */
function nxGenerator(name: GeneratorName): NxGenerator {
  return async (tree, { skipInstall = false, ...options }) => {
    const files = new NxFileTree(tree);
    const staged = new StagedTree(files);
    const generator = await coreGenerators[name]();
    const { what, next } = await generator(Workspace.open(staged), options as never).catch(withFix);
    const changes = await formatChanges(staged.changes(), tree.root, files);
    const needsInstall = changesDependencies(changes, files);
    for (const { file, text } of changes) files.write(file, text);
    return async () => {
      const terminal = new ProcessTerminal();
      const line = installLine(tree.root, terminal.cwd);
      let left = next;
      if (needsInstall && skipInstall) left = [line, ...next];
      else if (needsInstall) {
        await installChanges(tree.root, terminal, false);
        if (terminal.signal.aborted) left = [line, ...next];
      }
      const lines = changes.length === 0 ? [`nothing to do: ${what} is there`] : left.map((each) => `next: ${each}`);
      await terminal.stdout.write(lines.map((each) => `${each}\n`).join(''));
    };
  };
}

/** Nx prints the message alone. */
function withFix(error: unknown): never {
  if (error instanceof UsageError && error.fix !== undefined)
    throw new UsageError(`${error.message}\n  fix  ${error.fix}`);
  throw error;
}

export const service = nxGenerator('service');
export const handler = nxGenerator('handler');
export const subscriber = nxGenerator('subscriber');
export const module = nxGenerator('module');
export const client = nxGenerator('client');
export const interceptor = nxGenerator('interceptor');
export const engine = nxGenerator('engine');
