import { ownVersion } from '../../own-version.js';
import { pnpmWorkspaceFile } from '../../workspace/pnpm-workspace.js';
import type { Workspace } from './workspace.js';

/** For what no package of the workspace depends on yet. */
const usual: Readonly<Record<string, string>> = { 'class-validator': '^0.15.1' };

/**
 * The version of a package that the workspace depends on already; else, of Skerry's own packages, that of this command, in the form in which the
 * workspace writes those: `0.1.0`, `^0.1.0`, `~0.1.0`.
 */
export function versionOf(workspace: Workspace, name: string): string {
  const said = saidVersion(workspace, name);
  if (said !== undefined) return said;
  if (!name.startsWith('@skerry/')) return usual[name] ?? (asksForItself(workspace) ? 'workspace:*' : '*');
  const form = saidVersion(workspace, '@skerry/core') ?? saidVersion(workspace, '@skerry/cli') ?? '';
  return (/^[\^~](?=\d)/.exec(form)?.[0] ?? '') + ownVersion();
}

/** Whether packages of the workspace ask for each other as pnpm and yarn want it: they would look for `*` in the registry. */
function asksForItself({ tree, packages, root }: Workspace): boolean {
  if (tree.read(pnpmWorkspaceFile) !== undefined) return true;
  return [...packages, root].some(({ manifest: { dependencies, devDependencies } }) =>
    Object.values({ ...dependencies, ...devDependencies }).some((range) => range.startsWith('workspace:')),
  );
}

function saidVersion({ packages, root }: Workspace, name: string): string | undefined {
  for (const { manifest } of [...packages, root]) {
    const found = manifest.dependencies?.[name] ?? manifest.devDependencies?.[name];
    if (found !== undefined) return found;
  }
  return undefined;
}
