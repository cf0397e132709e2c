import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { SystemClock } from '@skerry/core';
import { applicationsHere } from '../application/applications-here.js';
import type { Terminal } from '../terminal/terminal.js';
import type { ServiceApp } from '../workspace/service-apps.js';
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
    applications: module === undefined ? applicationsOf(cwd) : [],
    workspace: workspace ?? folder,
    manifest: readManifest(folder),
    clock: new SystemClock(),
    nodeVersion: process.versions.node,
    proc: '/proc',
  };
}

/** None where a package.json on the way cannot be read; it is what other checks tell. */
function applicationsOf(cwd: string): readonly ServiceApp[] {
  try {
    return applicationsHere(cwd);
  } catch {
    return [];
  }
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
