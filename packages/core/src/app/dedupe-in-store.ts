import { createHash } from 'node:crypto';
import { DedupeLog, type DedupeLease } from '../broker/dedupe.js';
import type { Clock } from '../clock/clock.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { Store } from '../store/store.js';
import { isOver, thisProcess, type ProcessId } from './process-id.js';

/** @property claim Of one {@link DedupeInStore.begin}: two deliveries of a message may be in one process. */
type Entry = 'done' | { readonly running: ProcessId; readonly claim?: string };

interface OwnLease extends DedupeLease {
  readonly claim: string;
}

// Each is forgotten when its message is begun again. Those of messages that other processes got stay; their leases are long over.
const mostLoose = 10_000;

/**
 * Keeps what queues have handled in the store: as durable, and as shared between instances, as its engine. A lease names the
 * process that has it. It ends with its time, and before that only when that process has ended, as the kernel of its own machine
 * says: silence alone proves nothing, and whoever is silent may yet act. The process itself knows of some of its leases that nobody
 * acts under them: the answer to its claim was lost, or they could not be given back. Those it takes over.
 */
export class DedupeInStore extends DedupeLog {
  private readonly store: Store;
  /** Claims that the store may have, and under which nobody acts here. */
  private readonly loose = new Set<string>();

  /** @param self Who this is. @param over Whether a process has ended for certain. */
  constructor(
    store: Store,
    private readonly clock: Clock,
    private readonly self: ProcessId = thisProcess(),
    private readonly over: (of: ProcessId) => boolean = isOver,
  ) {
    super();
    // The same for all applications: those of several names may share a queue.
    this.store = store.service('skerry-dedupe');
  }

  override async begin(
    queue: string,
    id: string,
    leaseMs: number,
    signal: AbortSignal,
  ): Promise<DedupeLease | 'running' | 'handled'> {
    const key = keyOf(queue, id);
    const lease = await this.claim(key, { ifAbsent: true, ttlMs: leaseMs, signal });
    if (lease) return lease;
    const entry = await this.store.get<Entry>(key, { signal });
    if (entry?.value === 'done') return 'handled';
    if (!entry || !this.free(entry.value)) return 'running';
    // Of several who find it, one has it.
    const taken = await this.claim(key, { ifVersion: entry.version, ttlMs: leaseMs, signal });
    if (!taken) return 'running';
    if (entry.value.claim !== undefined) this.loose.delete(entry.value.claim);
    return taken;
  }

  override async done(queue: string, id: string, windowMs: number, signal: AbortSignal): Promise<void> {
    await this.store.put(keyOf(queue, id), 'done' satisfies Entry, { ttlMs: windowMs, signal });
  }

  override async failed(queue: string, id: string, given: DedupeLease, signal: AbortSignal): Promise<void> {
    const { lease, claim } = given as OwnLease;
    try {
      await unlessChanged(this.store.delete(keyOf(queue, id), { ifVersion: lease, signal }));
    } catch (error) {
      this.loosen(claim);
      throw error;
    }
  }

  private async claim(
    key: string,
    options: { ifAbsent?: true; ifVersion?: string; ttlMs: number; signal: AbortSignal },
  ): Promise<OwnLease | undefined> {
    const claim = this.clock.randomHex(8);
    try {
      const entry: Entry = { running: this.self, claim };
      const lease = await unlessChanged(this.store.put(key, entry, options));
      // Too late: whoever asked has given up, and asks again.
      options.signal.throwIfAborted();
      return lease === undefined ? undefined : { lease, claim };
    } catch (error) {
      // It may be there, or come yet.
      this.loosen(claim);
      throw error;
    }
  }

  private free({ running, claim }: Exclude<Entry, 'done'>): boolean {
    return this.over(running) || (claim !== undefined && this.loose.has(claim));
  }

  private loosen(claim: string): void {
    this.loose.add(claim);
    if (this.loose.size <= mostLoose) return;
    const [oldest] = this.loose;
    this.loose.delete(oldest!);
  }
}

/** `undefined` where the condition of the write does not hold. */
async function unlessChanged<T>(write: Promise<T>): Promise<T | undefined> {
  try {
    return await write;
  } catch (error) {
    if (SkerryError.is(error) && error.code === 'SKERRY_STORE_CONFLICT') return undefined;
    throw error;
  }
}

/** Ids are chosen by publishers: of any length, and with any characters. */
function keyOf(queue: string, id: string): string {
  return `${queue}/${createHash('sha256').update(id).digest('base64url')}`;
}
