/** `node --import @skerry/cli/typescript src/main.ts`: what `skerry dev` starts services with, and what a debugger may. */
import { isMainThread } from 'node:worker_threads';
import { childVariable, type ChildOptions } from '../dev/child-options.js';
import { workspaceRoot } from '../workspace/workspace-root.js';
import { loadFramework } from './load-framework.js';
import { useTypeScript } from './use-typescript.js';

const told = process.env[childVariable];
// Not for what this process starts itself.
delete process.env[childVariable];

const options = told === undefined || !isMainThread ? undefined : (JSON.parse(told) as ChildOptions);
const root = options?.root ?? workspaceRoot(process.cwd());
await loadFramework(process.cwd(), root);
useTypeScript({ root, link: options?.link });
if (options) {
  const { beDevChild } = await import('../dev/dev-child.js');
  beDevChild(options);
}
