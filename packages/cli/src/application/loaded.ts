import type * as Core from '@skerry/core';
import type { Application } from '@skerry/core';
import { coloursFor } from '../terminal/colours.js';
import type { Terminal } from '../terminal/terminal.js';

/** Which application a command is about. */
export interface ModuleRequest {
  readonly module?: string | undefined;
  readonly json?: boolean;
}

export interface Loaded {
  /** Verified, and not started: nothing of it is constructed or opened. */
  readonly app: Application;
  /** The copy of the framework that {@link app} is made of: its classes are the tokens. */
  readonly core: typeof Core;
  /** The file of its root module, as messages call it. */
  readonly shown: string;
}

/** Finds and verifies the application that is asked for. Rejects with all that is wrong with it. */
export async function loadApplication(request: ModuleRequest, { env, cwd, stderr }: Terminal): Promise<Loaded> {
  const { findModuleFile } = await import('./module-file.js');
  const { coreOf, rootOf } = await import('./application-core.js');
  const file = findModuleFile(request.module, cwd);
  if (file.note && !request.json) await stderr.write(`${coloursFor(stderr, env).dim(file.note)}\n`);
  const core = await coreOf(file);
  const app = await core.Skerry.create(rootOf(file, core), { env, logLevel: 'silent' });
  return { app, core, shown: file.shown };
}
