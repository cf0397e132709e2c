import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { SystemClock } from '@skerry/core';
import type { Terminal } from '../terminal/terminal.js';
import type { Ground, Manifest } from './check.js';

/** What there is to be looked at from a working directory. */
export function groundOf(terminal: Terminal, module: string | undefined): Ground {
  const { cwd, env } = terminal;
  const from = module === undefined ? cwd : dirname(resolve(cwd, module.replace(/#.*$/, '')));
  const folder = upwards(from, (each) => existsSync(join(each, 'package.json'))) ?? cwd;
  const workspace = upwards(
    folder,
    (each) => readManifest(each)?.workspaces !== undefined || existsSync(join(each, 'pnpm-workspace.yaml')),
  );
  return {
    ...{ folder, env, module, terminal },
    workspace: workspace ?? folder,
    manifest: readManifest(folder),
    clock: new SystemClock(),
    nodeVersion: process.versions.node,
    proc: '/proc',
  };
}

/** `undefined` where there is none, or one that cannot be read. */
export function readManifest(folder: string): Manifest | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function upwards(from: string, fits: (folder: string) => boolean): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (fits(folder)) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}
