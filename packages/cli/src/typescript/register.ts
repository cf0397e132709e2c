/** `node --import @skerry/cli/typescript src/main.ts`: what `skerry dev` starts services with, and what a debugger may. */
import { isMainThread } from 'node:worker_threads';
import { childVariable, type ChildOptions } from '../dev/child-options.js';
import { workspaceRoot } from '../workspace/workspace-root.js';
import { useTypeScript } from './use-typescript.js';

const told = process.env[childVariable];
// Not for what this process starts itself.
delete process.env[childVariable];

if (told === undefined || !isMainThread) {
  useTypeScript({ root: workspaceRoot(process.cwd()) });
} else {
  const options = JSON.parse(told) as ChildOptions;
  useTypeScript({ root: options.root, link: options.link });
  const { beDevChild } = await import('../dev/dev-child.js');
  await beDevChild(options);
}
