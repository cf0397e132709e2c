import { dirname, join } from 'node:path';
import { globSync } from 'tinyglobby';
import { readManifest, type Manifest } from './manifest.js';
import { workspaceRoot } from './workspace-root.js';

export interface WorkspacePackage {
  /** Absolute. */
  readonly directory: string;
  readonly manifest: Manifest;
}

export interface Workspace {
  /** Absolute. */
  readonly root: string;
  /** In the order of their directories. A package that is in no workspace is its own. */
  readonly packages: readonly WorkspacePackage[];
}

/** Reads the workspace that a directory is in. Throws a `UsageError` for a package.json that cannot be read. */
export function readWorkspace(directory: string): Workspace {
  const root = workspaceRoot(directory);
  const manifest = readManifest(root);
  if (manifest?.workspaces === undefined) return { root, packages: manifest ? [{ directory: root, manifest }] : [] };
  const patterns = Array.isArray(manifest.workspaces)
    ? (manifest.workspaces as readonly string[])
    : ((manifest.workspaces as { packages?: readonly string[] }).packages ?? []);
  const files = globSync(
    patterns.map((each) => `${each.replace(/\/+$/, '')}/package.json`),
    { cwd: root, ignore: ['**/node_modules/**'], expandDirectories: false },
  );
  const packages = files.sort().flatMap((file) => {
    const directory = join(root, dirname(file));
    const manifest = readManifest(directory);
    return manifest ? [{ directory, manifest }] : [];
  });
  return { root, packages };
}
