import { readdirSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import type { Ground, Manifest } from './check.js';
import { readManifest } from './ground.js';

/** One copy of a package in the tree. */
export interface Installed {
  readonly name: string;
  readonly version: string;
  /** Where it really is: links are followed. */
  readonly path: string;
  /** Names of the packages that ask for it and get this copy. */
  readonly broughtBy: readonly string[];
}

// A tree that is larger is of no package manager.
const mostFolders = 50_000;

/** All copies of the packages whose names fit, in all `node_modules` of the workspace and its packages. */
export function installed({ folder, workspace }: Ground, fits: (name: string) => boolean): Installed[] {
  const packages = new Map<string, Manifest>();
  const roots = [...new Set([workspace, folder])];
  const queue = [...roots];
  const seen = new Set<string>();
  for (const each of queue) {
    if (seen.size > mostFolders) break;
    const path = real(each);
    if (path === undefined || seen.has(path)) continue;
    seen.add(path);
    const manifest = readManifest(path);
    if (manifest) packages.set(path, manifest);
    const modules = join(path, 'node_modules');
    queue.push(...childrenOf(modules));
    // pnpm keeps all there, and links from where they are asked for.
    for (const store of entries(join(modules, '.pnpm')))
      queue.push(...childrenOf(join(modules, '.pnpm', store, 'node_modules')));
  }
  const copies = [...packages].filter(([path, { name }]) => name !== undefined && fits(name) && !roots.includes(path));
  return copies.map(([path, { name = '', version = '' }]) => ({
    name,
    version,
    path,
    broughtBy: askers(name, path, packages),
  }));
}

function childrenOf(modules: string): string[] {
  return entries(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@')
        ? entries(join(modules, name)).map((each) => join(modules, name, each))
        : [join(modules, name)],
    );
}

function askers(name: string, path: string, packages: ReadonlyMap<string, Manifest>): string[] {
  return [...packages].flatMap(([from, manifest]) => {
    const { dependencies, devDependencies, peerDependencies, optionalDependencies } = manifest;
    const asks = [dependencies, devDependencies, peerDependencies, optionalDependencies].some(
      (each) => each?.[name] !== undefined,
    );
    return asks && resolved(from, name) === path ? [manifest.name ?? from] : [];
  });
}

/** As Node finds it: the nearest `node_modules` upwards. */
function resolved(from: string, name: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (!folder.endsWith(`${sep}node_modules`)) {
      const found = real(join(folder, 'node_modules', name));
      if (found !== undefined) return found;
    }
    if (folder === dirname(folder)) return undefined;
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function real(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
