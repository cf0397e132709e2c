import { sep } from 'node:path';
import { readManifest } from '../workspace/manifest.js';
import { serviceApps, type ServiceApp } from '../workspace/service-apps.js';
import { readWorkspace } from '../workspace/workspace.js';

/**
 * The applications that are meant in a directory when none is named: the one of a workspace that it is in, else all of that workspace.
 * None outside of workspaces.
 */
export function applicationsHere(cwd: string): ServiceApp[] {
  const workspace = readWorkspace(cwd);
  if (readManifest(workspace.root)?.workspaces === undefined) return [];
  const apps = serviceApps(workspace);
  const around = apps.filter(({ directory }) => `${cwd}${sep}`.startsWith(`${directory}${sep}`));
  return around.length > 0 ? around : apps;
}

/** Whether they were asked for as what a workspace has, and not as the one that the directory belongs to. */
export function areOfWorkspace(apps: readonly ServiceApp[], cwd: string): boolean {
  return apps.some(({ directory }) => !`${cwd}${sep}`.startsWith(`${directory}${sep}`));
}
