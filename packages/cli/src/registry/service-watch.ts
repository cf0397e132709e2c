import type { NodeRecord, SkerryError } from '@skerry/core';
import type { RegistryAccess } from '../fleet/registry-access.js';

// How soon a service is seen that was not there before. The nodes of those that are known are told by the engine.
const namesMs = 1_000;

export type FleetNodes = ReadonlyMap<string, readonly NodeRecord[]>;

export interface WatchListener {
  /** The nodes of each service that has some, by name and sorted, whenever they are not the same as before; first of all as they are. */
  changed(nodes: FleetNodes): Promise<void>;
  /** The registry cannot be asked, for the first time since it could; it is tried again. What is known stays as it is. */
  failing(error: unknown): Promise<void>;
}

/**
 * Watches everything that the registry knows until the signal is aborted, and then resolves. Rejects with what a listener
 * throws, and with an error of the registry that no patience can help.
 */
export async function watchServices(
  { registry, clock }: Pick<RegistryAccess, 'registry' | 'clock'>,
  listener: WatchListener,
  signal: AbortSignal,
): Promise<void> {
  const views = new Map<string, ReturnType<typeof registry.service>>();
  const unlisten: (() => void)[] = [];
  let told: FleetNodes | undefined;
  let failing = false;
  let wake: () => void = () => undefined;
  try {
    while (!signal.aborted) {
      try {
        for (const name of await registry.services(signal)) {
          if (views.has(name)) continue;
          const view = registry.service(name);
          await view.wait(() => true, signal);
          views.set(name, view);
          unlisten.push(view.onChange(() => wake()));
        }
        failing = false;
      } catch (error) {
        if (signal.aborted) return;
        // No patience helps.
        if (!(error as Partial<SkerryError>).retryable) throw error;
        if (!failing) await listener.failing(error);
        failing = true;
      }
      const listedAt = clock.now();
      do {
        const now = nodesOf(views);
        if (!failing || told) {
          if (!told || !same(told, now)) await listener.changed(now);
          told = now;
        }
        // As long as nothing new is due, each change is told at once.
        const changing = new Promise<void>((resolve) => (wake = resolve));
        await Promise.race([changing, clock.sleep(listedAt + namesMs - clock.now(), signal).catch(() => undefined)]);
      } while (!signal.aborted && clock.now() - listedAt < namesMs);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    for (const each of unlisten) each();
  }
}

function nodesOf(views: ReadonlyMap<string, { readonly nodes: readonly NodeRecord[] }>): FleetNodes {
  const living = [...views].flatMap(([name, { nodes }]) => (nodes.length > 0 ? [[name, nodes] as const] : []));
  return new Map(living.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The lists of a view are the same as long as nothing changes. */
function same(before: FleetNodes, now: FleetNodes): boolean {
  return before.size === now.size && [...now].every(([name, nodes]) => before.get(name) === nodes);
}
