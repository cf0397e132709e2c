import type * as Core from '@skerry/core';
import type { Application } from '@skerry/core';
import { coloursFor } from '../terminal/colours.js';
import type { Terminal } from '../terminal/terminal.js';

/** Which application a command is about. */
export interface ModuleRequest {
  readonly module?: string | undefined;
  readonly json?: boolean;
}

/** Which applications a command is about. */
export interface ModulesRequest {
  /** None: those of the workspace, or of the directory. */
  readonly modules: readonly string[];
  readonly json?: boolean;
}

export interface Loaded {
  /** What it is called: by its root module, in a workspace by its package, and by its file where others are called the same. */
  readonly name: string;
  /** Verified, and not started: nothing of it is constructed or opened. */
  readonly app: Application;
  /** The copy of the framework that {@link app} is made of: its classes are the tokens. */
  readonly core: typeof Core;
  /** The file of its root module, as messages call it. */
  readonly shown: string;
}

export interface LoadedApplications {
  readonly applications: readonly Loaded[];
  /** All those of a workspace, because none was named: what is told says of which it is, even of one. */
  readonly ofWorkspace: boolean;
}

/** Finds and verifies the application that is asked for. Rejects with all that is wrong with it. */
export async function loadApplication(request: ModuleRequest, { env, cwd, stderr }: Terminal): Promise<Loaded> {
  const { findModuleFile } = await import('./module-file.js');
  const { coreOf, rootOf } = await import('./application-core.js');
  const file = findModuleFile(request.module, cwd);
  if (file.note && !request.json) await stderr.write(`${coloursFor(stderr, env).dim(file.note)}\n`);
  const core = await coreOf(file);
  const app = await core.Skerry.create(rootOf(file, core), { env, logLevel: 'silent' });
  return { name: app.name, app, core, shown: file.shown };
}

/**
 * Finds and verifies the applications that are named; else, in a workspace, the one whose directory this is, or all of them; else the one
 * that the directory has. Rejects with all that is wrong with the first of them that cannot start.
 */
export async function loadApplications(request: ModulesRequest, terminal: Terminal): Promise<LoadedApplications> {
  const { modules, json = false } = request;
  const { applicationsHere, areOfWorkspace } = await import('./applications-here.js');
  const here = modules.length > 0 ? [] : applicationsHere(terminal.cwd);
  if (modules.length === 0 && here.length === 0) {
    return { applications: [await loadApplication({ json }, terminal)], ofWorkspace: false };
  }
  const applications: Loaded[] = [];
  for (const module of modules) applications.push(await loadApplication({ module, json }, terminal));
  const alike = applications.filter(({ name }, index) =>
    applications.some((each, at) => at !== index && each.name === name),
  );
  for (const each of alike) applications[applications.indexOf(each)] = { ...each, name: each.shown };
  for (const { module, name } of here)
    applications.push({ ...(await loadApplication({ module, json }, terminal)), name });
  return { applications, ofWorkspace: areOfWorkspace(here, terminal.cwd) };
}
