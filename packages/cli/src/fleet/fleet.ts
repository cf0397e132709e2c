import type * as Core from '@skerry/core';
import type { Application } from '@skerry/core';
import { coloursFor } from '../terminal/colours.js';
import type { Terminal } from '../terminal/terminal.js';
import type { RegistryAccess } from './registry-access.js';

/** Which applications a command talks to. */
export interface FleetRequest {
  /** The module file of any of them, whose engines are used. Default: `SKERRY_APP`, or the embedded engines. */
  readonly app?: string;
  readonly json?: boolean;
}

/** The way to others: an application that serves nothing. */
export interface Fleet extends RegistryAccess {
  readonly app: Application;
  /** The copy of the framework that {@link app} is made of: its classes are the tokens. */
  readonly core: typeof Core;
}

/** The application whose engines a command is to use: from its options or its environment. */
export function askedApp({ app }: FleetRequest, env: Terminal['env']): { asked: string; origin: string } | undefined {
  if (app !== undefined) return { asked: app, origin: '' };
  const asked = env['SKERRY_APP'];
  return asked ? { asked, origin: ', which SKERRY_APP names' } : undefined;
}

/** Lets `work` use an application that serves nothing, to find and call others, and stops it again. */
export async function withFleet<T>(
  request: FleetRequest,
  terminal: Pick<Terminal, 'env' | 'cwd' | 'stderr'>,
  work: (fleet: Fleet) => Promise<T>,
): Promise<T> {
  const { core, root } = await rootFor(request, terminal);
  const app = await core.Skerry.create(root, {
    env: terminal.env,
    logLevel: 'silent',
    enginesOnly: true,
    overrides: mute(core),
  });
  await app.start();
  try {
    return await work({ app, core, ...accessOf(app, core) });
  } finally {
    await app.stop('the command is done');
  }
}

function accessOf(app: Application, core: typeof Core): Omit<RegistryAccess, 'core'> {
  const driver = app.get(core.REGISTRY_DRIVER);
  const where = driver instanceof core.LocalRegistryDriver ? ` (${driver.directory})` : '';
  return {
    registry: app.get(core.Registry),
    clock: app.get(core.Clock),
    registryName: `the ${driver.name} registry${where}`,
  };
}

async function rootFor(
  request: FleetRequest,
  { env, cwd, stderr }: Pick<Terminal, 'env' | 'cwd' | 'stderr'>,
): Promise<{ core: typeof Core; root: Core.RootModule }> {
  const named = askedApp(request, env);
  if (!named) {
    const core = await import('@skerry/core');
    class SkerryCommand {}
    core.Module()(SkerryCommand);
    return { core, root: SkerryCommand };
  }
  const { findModuleFile } = await import('../application/module-file.js');
  const { coreOf, rootOf } = await import('../application/application-core.js');
  const file = findModuleFile(named.asked, cwd, named.origin);
  if (file.note && !request.json) await stderr.write(`${coloursFor(stderr, env).dim(file.note)}\n`);
  const core = await coreOf(file);
  return { core, root: rootOf(file, core) };
}

/** The application's log is not what the user of a command has asked for, wherever it goes. */
function mute(core: typeof Core): NonNullable<Core.ApplicationOptions['overrides']> {
  const nowhere: Core.LogSink = { write: () => undefined, close: () => Promise.resolve() };
  return new Map<unknown, Core.Provider>([
    [core.tokenKey(core.LogSink), { provide: core.LogSink, useValue: nowhere }],
    [core.tokenKey(core.Logger), { provide: core.Logger, useValue: new core.Logger(nowhere, 'silent') }],
  ]);
}
