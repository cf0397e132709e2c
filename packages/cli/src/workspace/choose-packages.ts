import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { UsageError } from '../usage-error.js';
import { inDependencyOrder } from './dependency-order.js';
import { packageDirectory } from './workspace-root.js';
import type { Workspace, WorkspacePackage } from './workspace.js';

/**
 * The packages that are meant: those named, by name or directory; else the one that the working directory is in; else all that
 * have sources. In dependency order. Throws a `UsageError` for one that is not there, and when there is none.
 */
export function choosePackages(workspace: Workspace, asked: readonly string[], cwd: string): WorkspacePackage[] {
  const { root } = workspace;
  const packages = inDependencyOrder(workspace.packages).filter(({ directory }) => existsSync(join(directory, 'src')));
  if (asked.length > 0) {
    const chosen = asked.map((name) => named(name, packages, root, cwd));
    return packages.filter((each) => chosen.includes(each));
  }
  const here = packageDirectory(cwd);
  if (here !== root || workspace.packages.some(({ directory }) => directory === root)) {
    const own = packages.filter(({ directory }) => directory === here);
    if (own.length > 0) return own;
  }
  if (here === root && packages.length > 0) return packages;
  throw new UsageError(
    `Cannot build ${relative(root, cwd) || cwd}: there is no src directory to compile.`,
    'write it in the directory of a package, or of the workspace',
  );
}

function named(name: string, packages: readonly WorkspacePackage[], root: string, cwd: string): WorkspacePackage {
  const directory = resolve(cwd, name);
  const found =
    packages.find(({ manifest }) => manifest.name === name) ??
    packages.find((each) => each.directory === directory) ??
    packages.find(({ manifest }) => manifest.name?.split('/').at(-1) === name);
  if (found) return found;
  const names = packages.map(({ manifest, directory }) => manifest.name ?? relative(root, directory));
  throw new UsageError(
    `Cannot find the package ${name}.`,
    `the workspace ${root} has ${names.join(', ') || 'no package'}`,
  );
}
