import { shareable } from '../clock/shared-signal.js';
import type { Clock } from '../clock/clock.js';
import { SkerryError } from '../errors/skerry-error.js';
import { abortable, never } from './abortable.js';
import { checkNodeRecord } from './check-node-record.js';
import type { RegistryDriver } from './driver.js';
import type { NodeRecord } from './node-record.js';
import type { RegistryEvents } from './registry-events.js';

/** The driver with what every call of it needs: a deadline, errors of one kind, and records that were checked. */
export class GuardedDriver {
  private readonly malformed = new Map<string, number>();

  constructor(
    private readonly driver: RegistryDriver,
    private readonly clock: Clock,
    private readonly deadlineMs: number,
    private readonly events: RegistryEvents,
  ) {}

  get canWatch(): boolean {
    return this.driver.capabilities.watch;
  }

  register(node: NodeRecord, signal: AbortSignal): Promise<void> {
    return this.call(`register ${node.id}`, signal, (limit) => this.driver.register(node, limit));
  }

  deregister(node: NodeRecord, signal: AbortSignal): Promise<void> {
    return this.call(`deregister ${node.id}`, signal, (limit) => this.driver.deregister(node, limit));
  }

  lookup(service: string, signal: AbortSignal): Promise<readonly NodeRecord[]> {
    return this.call(`look up ${service}`, signal, async (limit) =>
      this.readable(service, await this.driver.lookup(service, limit)),
    );
  }

  services(signal: AbortSignal): Promise<readonly string[]> {
    return this.call('list services', signal, async (limit) => {
      const names: readonly unknown[] = await this.driver.services(limit);
      return [...new Set(names.filter((name) => typeof name === 'string'))].sort();
    });
  }

  close(): Promise<void> {
    return this.call('close the connection', never, () => this.driver.close());
  }

  /** Without a deadline: it lasts. `changed` gets the list as the engine gave it; {@link readable} reads it. */
  async watch(service: string, changed: (nodes: unknown) => void, signal: AbortSignal): Promise<void> {
    try {
      await abortable(this.driver.watch(service, changed, signal), signal);
    } catch (cause) {
      throw this.unavailable(`watch ${service}`, cause);
    }
  }

  /**
   * The records of a list that are what they should be: of this service, one for each id, namely that of the highest
   * epoch. Engines are filled by strangers too, so the others are left out and counted.
   */
  readable(service: string, list: unknown): readonly NodeRecord[] {
    const nodes = new Map<string, NodeRecord>();
    let count = 0;
    let problem = '';
    for (const value of list as readonly unknown[]) {
      try {
        const node = checkNodeRecord(value);
        if (node.service !== service) throw new TypeError(`service is ${node.service}, not ${service}`);
        const rival = nodes.get(node.id);
        if (!rival || rival.epoch < node.epoch) nodes.set(node.id, node);
      } catch (error) {
        count++;
        problem ||= (error as Error).message;
      }
    }
    if (count > 0 && this.malformed.get(service) !== count) {
      this.events({ type: 'records-malformed', service, count, problem });
    }
    if (count > 0) this.malformed.set(service, count);
    else this.malformed.delete(service);
    return [...nodes.values()];
  }

  /** What was caught, as the one error that callers know; errors of Skerry's own say more and stay as they are. */
  unavailable(what: string, cause: unknown): SkerryError {
    if (SkerryError.is(cause)) return cause;
    const { name } = this.driver;
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new SkerryError('SKERRY_REGISTRY_UNAVAILABLE', `cannot ${what} in the ${name} registry: ${reason}`, {
      cause,
      details: { engine: name },
    });
  }

  private async call<T>(what: string, signal: AbortSignal, operation: (limit: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const limit = new AbortController();
    const giveUp = (): void => limit.abort(signal.reason);
    shareable(signal).addEventListener('abort', giveUp, { once: true });
    const timer = this.clock.setTimer(this.deadlineMs, () => {
      limit.abort(new Error(`no answer within ${this.deadlineMs} ms`));
    });
    try {
      // Not every engine's client notices an abort, so that it is not left to it.
      return await abortable(operation(limit.signal), limit.signal);
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      throw this.unavailable(what, cause);
    } finally {
      timer.cancel();
      signal.removeEventListener('abort', giveUp);
    }
  }
}
