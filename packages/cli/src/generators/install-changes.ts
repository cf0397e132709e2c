import { relative } from 'node:path';
import { SystemClock } from '@skerry/core';
import { installPackages } from '../install/install-packages.js';
import { installerOf } from '../install/installer.js';
import type { Terminal } from '../terminal/terminal.js';

/** Installs what generated files ask for, in the workspace at `root`. Rejects with `SKERRY_CLI_INSTALL_FAILED`. */
export function installChanges(
  root: string,
  { cwd, env, stderr, signal }: Pick<Terminal, 'cwd' | 'env' | 'stderr' | 'signal'>,
  json: boolean,
): Promise<void> {
  return installPackages(
    {
      ...{ manager: installerOf(root), what: 'the workspace', json },
      ...{ remains: 'All files are written', again: installLine(root, cwd) },
    },
    { env, stderr },
    { cwd: root, env, signal, clock: new SystemClock() },
  );
}

/** What does the same by hand: `npm install`, or `cd ../.. && pnpm install`. */
export function installLine(root: string, cwd: string): string {
  const way = relative(cwd, root);
  return `${way === '' ? '' : `cd ${way} && `}${installerOf(root)} install`;
}
