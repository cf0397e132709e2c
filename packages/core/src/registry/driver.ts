import type { NodeRecord } from './node-record.js';

/**
 * What an engine implements to back the registry. Users never see this file; engine authors live in it.
 *
 * A driver is thin: it moves records to and from its engine and reports what happened. Retrying, caching, re-registering,
 * expiring, tracing and wrapping errors are done once, by `Registry`, for every engine. So a driver throws the engine's
 * own error, at once, and never retries.
 */
export interface RegistryDriver {
  /** The engine's name, for people and logs: `local`, `memory`, `consul`. */
  readonly name: string;

  /** What this engine can do. Read once, at boot; a feature that needs more than this fails there, not at run time. */
  readonly capabilities: RegistryCapabilities;

  /**
   * Writes the node's record, or replaces the one with the same `id`, to live for `node.ttlMs` from now.
   *
   * Idempotent, and called again every interval: refreshing is registering. Resolves only when another process could read
   * the record. May be called concurrently for different nodes, never for the same one.
   *
   * @param node   Frozen; may be kept. Of two records with one `id` the higher `epoch` wins.
   * @param signal Aborted when the caller's deadline (default 5 s) is over: stop waiting and reject with its reason.
   */
  register(node: NodeRecord, signal: AbortSignal): Promise<void>;

  /**
   * Removes the record. Resolves as well when there was none. Called also after a failed {@link register}, and again while a
   * node that shall not be found is shown all the same.
   */
  deregister(node: NodeRecord, signal: AbortSignal): Promise<void>;

  /** All live nodes of one service, every version, in any order; empty when there are none. May be stale by seconds. */
  lookup(service: string, signal: AbortSignal): Promise<readonly NodeRecord[]>;

  /** Names of all services that have at least one live node, in any order. */
  services(signal: AbortSignal): Promise<readonly string[]>;

  /**
   * Reports the nodes of one service whenever they change, until `signal` aborts, then resolves. Rejects when the engine is
   * lost: the caller lists again and watches again, so a gap between two watches is harmless and a driver need not hide one.
   * Called many times at once, for different services or the same. Nodes learn by it as well that the engine has lost them: one
   * that comes back without its data has to end its watches, or to report what it has left.
   *
   * A report is the full list, as {@link lookup} gives it. Reporting the same list twice is harmless; missing one is not.
   * What changed before the call need not be reported, what changes after it must.
   *
   * Only called when `capabilities.watch`; without it the registry polls {@link lookup}.
   */
  watch(service: string, changed: (nodes: readonly NodeRecord[]) => void, signal: AbortSignal): Promise<void>;

  /** Frees what the driver opened. Nothing is called afterwards, and no callback may fire. Harmless twice. */
  close(): Promise<void>;
}

export interface RegistryCapabilities {
  /** Changes are pushed; otherwise they are found by polling. */
  readonly watch: boolean;
  /** A record disappears by itself when it is not refreshed. `false` only where someone else keeps the records. */
  readonly expiry: boolean;
  /** `false` for engines that are filled by someone else, such as DNS: registering through them fails at boot. */
  readonly writable: boolean;
  /** Largest record in bytes of its JSON. A larger one is refused with `SKERRY_REGISTRY_RECORD_TOO_LARGE`. */
  readonly maxRecordBytes: number;
}
