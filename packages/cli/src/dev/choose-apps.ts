import { resolve } from 'node:path';
import { nearest } from '@skerry/core';
import { UsageError } from '../usage-error.js';
import { serviceApps, type ServiceApp } from '../workspace/service-apps.js';
import type { Workspace } from '../workspace/workspace.js';

/**
 * Gives which applications of a workspace are meant, now and when it has changed: those named, by name or directory; else the one
 * whose directory this is; else all. Throws a `UsageError` for a name that there is no application of.
 */
export function appChoice(
  workspace: Workspace,
  asked: readonly string[],
  cwd: string,
): (workspace: Workspace) => ServiceApp[] {
  const apps = serviceApps(workspace);
  for (const name of asked) {
    if (apps.some((app) => isCalled(app, name, cwd))) continue;
    const names = apps.map((app) => app.name);
    const near = nearest(name, names);
    throw new UsageError(
      `Cannot find the application ${name} in ${workspace.root}.`,
      near.length > 0
        ? `did you mean ${near.join(' or ')}?`
        : `it has ${names.join(', ') || 'none: an application has "skerry": { "module": ... } in its package.json, or src/app.module.ts'}`,
    );
  }
  if (asked.length > 0)
    return (now) => serviceApps(now).filter((app) => asked.some((name) => isCalled(app, name, cwd)));
  if (apps.some(({ directory }) => directory === cwd)) {
    return (now) => serviceApps(now).filter(({ directory }) => directory === cwd);
  }
  return serviceApps;
}

function isCalled({ name, directory }: ServiceApp, asked: string, cwd: string): boolean {
  return name === asked || directory === resolve(cwd, asked);
}
