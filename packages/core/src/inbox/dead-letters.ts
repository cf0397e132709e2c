import type { DeadLetter, DeadLetterDriver, Failure } from '../broker/driver.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { Store } from '../store/store.js';
import { eachEntry } from './each-entry.js';
import type { Target } from './outbox-entry.js';
import { deadKey, deadPrefix } from './outbox-keys.js';
import { unpack, type PackedMessage } from './packed-message.js';

/** A message that nobody could handle, as the store of its publisher keeps it. */
export interface DeadLetterRecord extends Target {
  readonly message: PackedMessage;
  readonly failure: Failure;
}

/** What is done with a dead letter that shall be tried again: it goes to its own queue alone. */
export type Revive = (letter: DeadLetterRecord, signal: AbortSignal) => Promise<void>;

/** Kept of one queue; and how many come before it is looked. */
const mostKept = 1_000;
const lookEvery = 100;

/** The dead letters of all that was published with this store, oldest first. The last 1,000 or so of each queue are kept. */
export class DeadLetters implements DeadLetterDriver {
  private readonly added = new Map<string, number>();

  /** @param dropped Told of those that were too many. */
  constructor(
    private readonly store: Store,
    private readonly revive: Revive,
    private readonly dropped: (queue: string, messages: number) => void,
  ) {}

  async queues(signal: AbortSignal): Promise<readonly { readonly queue: string; readonly count: number }[]> {
    const counts = new Map<string, number>();
    for await (const { value } of eachEntry<DeadLetterRecord>(this.store, deadPrefix(), signal)) {
      counts.set(value.queue, (counts.get(value.queue) ?? 0) + 1);
    }
    return [...counts].map(([queue, count]) => ({ queue, count })).sort((a, b) => (a.queue < b.queue ? -1 : 1));
  }

  async list(queue: string, limit: number, signal: AbortSignal): Promise<readonly DeadLetter[]> {
    signal.throwIfAborted();
    const letters: DeadLetter[] = [];
    if (limit <= 0) return letters;
    for await (const { key, value } of eachEntry<DeadLetterRecord>(this.store, deadPrefix(queue), signal, limit)) {
      const id = key.slice(deadPrefix(queue).length);
      letters.push({ id, message: unpack(value.message), failure: value.failure });
    }
    return letters;
  }

  async take(queue: string, id: string, action: 'retry' | 'drop', signal: AbortSignal): Promise<boolean> {
    const key = deadKey(queue, id);
    const found = await this.store.get<DeadLetterRecord>(key, { signal });
    if (!found) return false;
    // What is tried again is in its queue before it leaves here: both is better than neither.
    try {
      if (action === 'drop') return await this.store.delete(key, { signal, ifVersion: found.version });
      const version = await this.store.put(key, found.value, { signal, ifVersion: found.version });
      await this.revive(found.value, signal);
      return await this.store.delete(key, { ifVersion: version });
    } catch (error) {
      if (SkerryError.is(error) && error.code === 'SKERRY_STORE_CONFLICT') return false;
      throw error;
    }
  }

  /** Called for each that is added: too many are removed, a hundred or so at a time. */
  async keptOneMore(queue: string, signal: AbortSignal): Promise<void> {
    const added = (this.added.get(queue) ?? 0) + 1;
    this.added.set(queue, added % lookEvery);
    if (added < lookEvery) return;
    const keys: string[] = [];
    for await (const { key } of eachEntry(this.store, deadPrefix(queue), signal)) keys.push(key);
    const excess = keys.slice(0, Math.max(0, keys.length - mostKept));
    for (const key of excess) await this.store.delete(key);
    if (excess.length > 0) this.dropped(queue, excess.length);
  }
}
