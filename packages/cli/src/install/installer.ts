import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest } from '../workspace/manifest.js';
import { upwards } from '../workspace/workspace-root.js';
import { npmCommand } from './npm.js';

export type Installer = 'npm' | 'pnpm' | 'yarn' | 'bun';

const lockFiles: readonly (readonly [file: string, manager: Installer])[] = [
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
];

/**
 * What installs a workspace: whose lock file is there; else what its package.json names as `packageManager`; else pnpm for a package of a
 * workspace of pnpm's, which says so in a file of its own further up; else npm.
 */
export function installerOf(root: string): Installer {
  const locked = lockFiles.find(([file]) => existsSync(join(root, file)))?.[1];
  if (locked) return locked;
  const manifest = readManifest(root);
  const [name] = String(manifest?.packageManager ?? '').split('@');
  const named = lockFiles.find(([, manager]) => manager === name)?.[1];
  if (named) return named;
  const isOfPnpm = manifest?.workspaces === undefined && upwards(root).some((each) => existsSync(join(each, pnpmFile)));
  return isOfPnpm ? 'pnpm' : 'npm';
}

const pnpmFile = 'pnpm-workspace.yaml';

/** How it is started, so that it may write its lock file anew, which some do not in a build. */
export function installCommand(
  manager: Installer,
  env: Readonly<Record<string, string | undefined>>,
): { readonly command: readonly string[]; readonly env: Readonly<Record<string, string | undefined>> } {
  if (manager === 'npm') return { command: [...npmCommand(env), 'install', '--no-audit', '--no-fund'], env };
  if (manager === 'pnpm') return { command: ['pnpm', 'install', '--no-frozen-lockfile'], env };
  if (manager === 'yarn') {
    return { command: ['yarn', 'install'], env: { ...env, YARN_ENABLE_IMMUTABLE_INSTALLS: 'false' } };
  }
  return { command: [manager, 'install'], env };
}
