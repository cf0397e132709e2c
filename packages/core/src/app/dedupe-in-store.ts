import { createHash } from 'node:crypto';
import { DedupeLog } from '../broker/dedupe.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { Store } from '../store/store.js';

/** Keeps what queues have handled in the store: as durable, and as shared between instances, as its engine. */
export class DedupeInStore extends DedupeLog {
  private readonly store: Store;

  constructor(store: Store) {
    super();
    // The same for all applications: those of several names may share a queue.
    this.store = store.service('skerry-dedupe');
  }

  override async begin(
    queue: string,
    id: string,
    leaseMs: number,
    signal: AbortSignal,
  ): Promise<'new' | 'running' | 'handled'> {
    const key = keyOf(queue, id);
    try {
      await this.store.put(key, 'running', { ifAbsent: true, ttlMs: leaseMs, signal });
      return 'new';
    } catch (error) {
      if (!(SkerryError.is(error) && error.code === 'SKERRY_STORE_CONFLICT')) throw error;
    }
    const entry = await this.store.get(key, { signal });
    return entry?.value === 'done' ? 'handled' : 'running';
  }

  override async done(queue: string, id: string, windowMs: number, signal: AbortSignal): Promise<void> {
    await this.store.put(keyOf(queue, id), 'done', { ttlMs: windowMs, signal });
  }

  override async failed(queue: string, id: string, signal: AbortSignal): Promise<void> {
    await this.store.delete(keyOf(queue, id), { signal });
  }
}

/** Ids are chosen by publishers: of any length, and with any characters. */
function keyOf(queue: string, id: string): string {
  return `${queue}/${createHash('sha256').update(id).digest('base64url')}`;
}
