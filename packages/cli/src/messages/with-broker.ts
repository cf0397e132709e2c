import type { Broker } from '@skerry/core';
import { findModuleFile } from '../application/module-file.js';
import { askedApp, withFleet, type Fleet, type FleetRequest } from '../fleet/fleet.js';
import { interruptedBy, type Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';

/** A fleet whose messages can be reached from this process. */
export interface MessageFleet extends Fleet {
  readonly broker: Broker;
}

/**
 * Lets `work` use the broker of the application that the command names. Throws a `UsageError` where that cannot be one that
 * other processes share. Ctrl-C ends it with the exit code that says so.
 *
 * @param command For messages: `skerry publish`.
 */
export async function withBroker(
  request: FleetRequest,
  terminal: Terminal,
  command: string,
  work: (fleet: MessageFleet) => Promise<number>,
): Promise<number> {
  const { env, cwd, signal } = terminal;
  if (!askedApp(request, env)) {
    throw new UsageError(
      `${command}: which broker? Without an application it would be one of this process alone, which has no messages.`,
      `name an application of the fleet, whose broker is then used: --app ${likelyModule(cwd)}, or SKERRY_APP=${likelyModule(cwd)}`,
    );
  }
  try {
    return await withFleet(request, terminal, async (fleet) => {
      const broker = fleet.app.get(fleet.core.Broker);
      if (broker.engine !== 'memory') return work({ ...fleet, broker });
      throw new UsageError(
        `${command}: ${fleet.app.name} uses the memory broker, whose messages never leave the process that published them.`,
        'bind its broker to an engine that processes share, such as RabbitMqModule.forRoot() among the imports of its root ' +
          'module; skerry broker capabilities shows what there is',
      );
    });
  } catch (error) {
    if (signal.aborted) return interruptedBy(signal);
    throw error;
  }
}

/** What would be right in this directory, as far as that can be told. */
function likelyModule(cwd: string): string {
  try {
    return findModuleFile(undefined, cwd).shown;
  } catch {
    return 'dist/app.module.js';
  }
}
