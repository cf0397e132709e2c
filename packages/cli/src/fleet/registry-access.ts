import type { Clock, Registry } from '@skerry/core';
import type * as RegistryOnly from '@skerry/core/registry';
import type { Terminal } from '../terminal/terminal.js';
import { askedApp, withFleet, type FleetRequest } from './fleet.js';

/** What is needed to look services up, and no more. */
export interface RegistryAccess {
  readonly registry: Registry;
  /** For messages: `the local registry (/run/user/1000/skerry)`. */
  readonly registryName: string;
  readonly clock: Clock;
  /** What messages are made with. */
  readonly core: Pick<typeof RegistryOnly, 'nearest' | 'SkerryError'>;
}

/**
 * Lets `work` look services up, where the application that is asked for does, or else on this machine; for the latter the framework is
 * not loaded, so that commands that only look start at once.
 */
export async function withRegistry<T>(
  request: FleetRequest,
  terminal: Pick<Terminal, 'env' | 'cwd' | 'stderr'>,
  work: (access: RegistryAccess) => Promise<T>,
): Promise<T> {
  if (askedApp(request, terminal.env)) return withFleet(request, terminal, work);
  const core = await import('@skerry/core/registry');
  const clock = new core.SystemClock();
  const driver = new core.LocalRegistryDriver(clock, {}, terminal.env);
  const registry = new core.Registry(driver, clock);
  try {
    return await work({ registry, clock, core, registryName: `the local registry (${driver.directory})` });
  } finally {
    await registry.close();
  }
}
