import type { BrokerMessage } from '../broker/driver.js';
import type { Clock } from '../clock/clock.js';
import type { StoreBatchWrite } from '../store/entry.js';
import type { Store } from '../store/store.js';
import { bodyKey, entryKey, holdKey, lineKey } from './outbox-keys.js';
import { OutboxEntry, type BodyRecord, type EntryRecord, type HeldEntry, type Target } from './outbox-entry.js';
import { pack } from './packed-message.js';
import { WriteBatches } from './write-batches.js';

/** A message with what it is published to; never empty. */
export interface Outgoing {
  readonly message: BrokerMessage;
  readonly targets: readonly Target[];
}

interface Pending {
  readonly seq: string;
  readonly key: string;
  readonly record: EntryRecord;
  readonly ttlMs: number;
  readonly heldForMs: number;
}

/** Writes what is published into the store. */
export class OutboxWriter {
  private lastTime = 0;
  private count = 0;

  /**
   * @param instance This start of the application: part of every {@link OutboxEntry.seq}.
   * @param expireMs How long messages are kept that say nothing themselves.
   */
  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly instance: string,
    private readonly expireMs: number,
  ) {}

  /** All of one message in one step, where the store's batches are large enough for it. */
  async write(outgoing: readonly Outgoing[], signal: AbortSignal): Promise<HeldEntry[]> {
    const batches = new WriteBatches(this.store.capabilities);
    const pending: Pending[] = [];
    for (const each of outgoing) {
      const own = this.pending(each);
      pending.push(...own);
      batches.add(this.writes(each, own), bytesOf(each.message));
    }
    const now = this.clock.now();
    const versions = await batches.write(this.store, signal);
    return pending.map(({ seq, key, record, ttlMs, heldForMs }) => ({
      entry: new OutboxEntry(seq, record, versions.get(key)!, now + ttlMs),
      heldForMs,
    }));
  }

  private pending({ message, targets }: Outgoing): Pending[] {
    const { delayMs = 0, expireMs, body, key: order } = message;
    const seq = this.nextSeq();
    const ttlMs = Math.max(1, expireMs ?? delayMs + this.expireMs);
    return targets.map(({ queue, on, node, ordered }) => {
      const record: EntryRecord = {
        ...{ queue, on, attempt: 0, bytes: body.byteLength, expires: expireMs !== undefined },
        ...(node === undefined ? {} : { node }),
        ...(ordered && order !== undefined ? { key: order } : {}),
      };
      return { seq, key: entryKey(lineKey(record), seq), record, ttlMs, heldForMs: delayMs };
    });
  }

  private writes({ message }: Outgoing, pending: readonly Pending[]): StoreBatchWrite[] {
    const { seq, ttlMs } = pending[0]!;
    const value: BodyRecord = { message: pack(message), queues: pending.map(({ record }) => lineKey(record)) };
    const body = { type: 'put', key: bodyKey(seq), value, ttlMs } as const;
    const entries = pending.flatMap(({ key, record, heldForMs }): StoreBatchWrite[] => {
      const entry = { type: 'put', key, value: record, ttlMs } as const;
      if (heldForMs === 0) return [entry];
      return [entry, { type: 'put', key: holdKey(lineKey(record), seq), value: this.instance, ttlMs: heldForMs }];
    });
    return [body, ...entries];
  }

  /** In the order of its calls, whatever the wall clock does; across starts as that has it. */
  private nextSeq(): string {
    const time = Math.max(this.lastTime, Math.floor(this.clock.wallTime()));
    this.count = time === this.lastTime ? this.count + 1 : 0;
    this.lastTime = time;
    return `${time.toString(36).padStart(9, '0')}${this.count.toString(36).padStart(5, '0')}-${this.instance}`;
  }
}

/** About what a packed message takes in the store, and rather more. */
function bytesOf({ id, topic, key = '', headers, body }: BrokerMessage): number {
  const texts = [id, topic, key, ...Object.entries(headers).flat()];
  return Math.ceil(body.byteLength / 3) * 4 + 6 * texts.reduce((sum, text) => sum + text.length, 0) + 1_024;
}
