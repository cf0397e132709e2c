import { UsageError } from '../usage-error.js';
import { coreGenerators, type GeneratorName } from './generators.js';
import { formatChanges } from './format-changes.js';
import { NxFileTree, type NxTree } from './tree/nx-tree.js';
import { StagedTree } from './tree/staged-tree.js';
import { Workspace } from './workspace/workspace.js';

/** A generator as Nx calls it. What it gives is called when the files are written. */
type NxGenerator = (tree: NxTree, options: Record<string, unknown>) => Promise<() => void>;

/** `nx generate @skerry/cli:service orders`; generators.json names these. */
function nxGenerator(name: GeneratorName): NxGenerator {
  return async (tree, options) => {
    const files = new NxFileTree(tree);
    const staged = new StagedTree(files);
    const generator = await coreGenerators[name]();
    const { what, next } = await generator(Workspace.open(staged), options as never).catch(withFix);
    const changes = await formatChanges(staged.changes(), tree.root, files);
    for (const { file, text } of changes) files.write(file, text);
    const lines = changes.length === 0 ? [`nothing to do: ${what} is there`] : next.map((each) => `next: ${each}`);
    return () => process.stdout.write(lines.map((line) => `${line}\n`).join(''));
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
