import { createHash } from 'node:crypto';
import { DedupeLog, type DedupeLease } from '../broker/dedupe.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { Store } from '../store/store.js';
import { isOver, thisProcess, type ProcessId } from './process-id.js';

type Entry = 'done' | { readonly running: ProcessId };

/**
 * Keeps what queues have handled in the store: as durable, and as shared between instances, as its engine. A lease names the
 * process that has it. It ends with its time, and before that only when that process has ended, as the kernel of its own machine
 * says: silence alone proves nothing, and whoever is silent may yet act.
 */
export class DedupeInStore extends DedupeLog {
  private readonly store: Store;

  /** @param self Who this is. @param over Whether a process has ended for certain. */
  constructor(
    store: Store,
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
    const own: Entry = { running: this.self };
    const lease = await unlessChanged(this.store.put(key, own, { ifAbsent: true, ttlMs: leaseMs, signal }));
    if (lease !== undefined) return { lease };
    const entry = await this.store.get<Entry>(key, { signal });
    if (entry?.value === 'done') return 'handled';
    if (!entry || !this.over(entry.value.running)) return 'running';
    // Of several who find the dead one has it.
    const options = { ifVersion: entry.version, ttlMs: leaseMs, signal };
    const taken = await unlessChanged(this.store.put(key, own, options));
    return taken === undefined ? 'running' : { lease: taken };
  }

  override async done(queue: string, id: string, windowMs: number, signal: AbortSignal): Promise<void> {
    await this.store.put(keyOf(queue, id), 'done' satisfies Entry, { ttlMs: windowMs, signal });
  }

  override async failed(queue: string, id: string, { lease }: DedupeLease, signal: AbortSignal): Promise<void> {
    await unlessChanged(this.store.delete(keyOf(queue, id), { ifVersion: lease, signal }));
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
