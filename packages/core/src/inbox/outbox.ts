import type { Failure } from '../broker/driver.js';
import type { Clock } from '../clock/clock.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { StoreBatchWrite } from '../store/entry.js';
import type { Store } from '../store/store.js';
import type { DeadLetterRecord } from './dead-letters.js';
import { eachEntry } from './each-entry.js';
import { OutboxEntry, type BodyRecord, type EntryRecord, type HeldEntry } from './outbox-entry.js';
import {
  bodyKey,
  deadKey,
  entryKey,
  entryPrefix,
  holdKey,
  holdPrefix,
  lineKey,
  linePrefix,
  storeIdKey,
} from './outbox-keys.js';

export interface OutboxOptions {
  readonly leaseMs: number;
  readonly expireMs: number;
  /** How long dead letters are kept, in ms. */
  readonly deadMs: number;
}

/** How an attempt to have an entry for oneself went; `heldForMs`: somebody else delivers it, or it has to wait. */
export type Claim = 'claimed' | 'gone' | { readonly heldForMs: number };

/** The messages that wait in the store, and every change that is made of them there: each in one step. */
export class Outbox {
  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    /** This start of the application: part of every {@link OutboxEntry.seq}. */
    private readonly instance: string,
    private readonly options: OutboxOptions,
  ) {}

  /** All entries, and for how long each is held still; the oldest of each queue first. */
  async load(signal: AbortSignal): Promise<HeldEntry[]> {
    const holds = new Map<string, number>();
    for await (const { key, expiresInMs = 0 } of eachEntry(this.store, holdPrefix, signal)) {
      holds.set(key.slice(holdPrefix.length), expiresInMs);
    }
    const found: HeldEntry[] = [];
    for await (const each of eachEntry<EntryRecord>(this.store, entryPrefix, signal)) {
      const heldForMs = holds.get(each.key.slice(entryPrefix.length)) ?? 0;
      found.push({ entry: OutboxEntry.from(each, this.clock.now()), heldForMs });
    }
    return found;
  }

  /** How many entries a line has, of whichever process, and which store that is. @param line As `lineName` has it. */
  async count(line: string, signal: AbortSignal): Promise<{ readonly store: string; readonly entries: number }> {
    let entries = 0;
    for await (const _entry of eachEntry(this.store, linePrefix(line), signal)) entries++;
    return { store: await this.storeId(signal), entries };
  }

  /** Makes the entry this process's own for as long as a lease lasts, and counts the delivery. Of several that try, one has it. */
  async claim(entry: OutboxEntry): Promise<Claim> {
    const { leaseMs } = this.options;
    const ttlMs = entry.expiresAt - this.clock.now();
    if (ttlMs < 1) return 'gone';
    const hold = this.hold(entry);
    try {
      const [held, version] = await this.store.batch([
        { type: 'put', key: hold, value: this.instance, ttlMs: leaseMs, ifAbsent: true },
        this.rewrite(entry, entry.attempt + 1, ttlMs),
      ]);
      entry.hold = held!;
      entry.version = version!;
      entry.attempt++;
      return 'claimed';
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
    const found = await this.store.get<EntryRecord>(this.key(entry));
    if (!found) return 'gone';
    entry.version = found.version;
    entry.attempt = found.value.attempt;
    return { heldForMs: (await this.store.get(hold))?.expiresInMs ?? 0 };
  }

  /** Keeps what is being delivered this process's own. */
  async renew(entry: OutboxEntry): Promise<void> {
    const { hold } = entry;
    if (!hold) return;
    const options = { ttlMs: this.options.leaseMs, ifVersion: hold };
    const version = await this.store.put(this.hold(entry), this.instance, options);
    // It may have been settled meanwhile.
    if (entry.hold === hold) entry.hold = version;
  }

  async body(entry: OutboxEntry): Promise<BodyRecord | undefined> {
    return (await this.store.get<BodyRecord>(bodyKey(entry.seq)))?.value;
  }

  /** Lets everybody deliver it again. @param counted Whether the delivery that was begun counts as an attempt. */
  async release(entry: OutboxEntry, counted: boolean): Promise<void> {
    const ttlMs = entry.expiresAt - this.clock.now();
    const attempt = counted ? entry.attempt : entry.attempt - 1;
    if (!counted && ttlMs >= 1) {
      await this.unlessTaken(entry, async (free) => {
        const [version] = await this.store.batch([this.rewrite(entry, attempt, ttlMs), free]);
        entry.version = version!;
        entry.attempt = attempt;
      });
    } else await this.unlessTaken(entry, async (free) => void (await this.store.batch([free])));
  }

  /** Lets nobody deliver it before `delayMs` are over. */
  async putOff(entry: OutboxEntry, delayMs: number, body: BodyRecord): Promise<void> {
    if (delayMs < 1) return this.release(entry, true);
    const leftMs = entry.expiresAt - this.clock.now();
    const ttlMs = delayMs + this.options.expireMs;
    const longer: StoreBatchWrite[] = [];
    // It was put off by its subscriber, and is not to be over by then.
    if (!entry.record.expires && leftMs < delayMs + this.options.expireMs / 2) {
      longer.push(this.rewrite(entry, entry.attempt, ttlMs));
      longer.push({ type: 'put', key: bodyKey(entry.seq), value: body, ttlMs });
    }
    await this.unlessTaken(entry, async (free) => {
      const wait = { type: 'put', key: free.key, value: this.instance, ttlMs: delayMs } as const;
      const held = free.ifVersion === undefined ? wait : { ...wait, ifVersion: free.ifVersion };
      const [, version] = await this.store.batch([held, ...longer]);
      if (version === undefined) return;
      entry.version = version;
      entry.expiresAt = this.clock.now() + ttlMs;
    });
  }

  /** Takes it out of its queue; its message as well, when no other queue has it any more. */
  async remove(entry: OutboxEntry, body?: BodyRecord, dead?: { readonly letter: DeadLetterRecord }): Promise<void> {
    const { seq } = entry;
    const queue = lineKey(entry.record);
    // Without conditions: it may have expired while it was in somebody's hands, who has settled it nevertheless.
    const writes: StoreBatchWrite[] = [
      { type: 'delete', key: entryKey(queue, seq) },
      { type: 'delete', key: holdKey(queue, seq) },
    ];
    const queues = body?.queues ?? (await this.body(entry))?.queues ?? [];
    if (queues.length <= 1) writes.push({ type: 'delete', key: bodyKey(seq) });
    if (dead) {
      const key = deadKey(entry.record.queue, seq);
      writes.push({ type: 'put', key, value: dead.letter, ttlMs: this.options.deadMs });
    }
    entry.hold = undefined;
    await this.store.batch(writes);
    if (queues.length <= 1) return;
    for (const other of queues) if (await this.store.get(entryKey(other, seq))) return;
    await this.store.delete(bodyKey(seq));
  }

  letter(entry: OutboxEntry, { message }: BodyRecord, failure: Failure): DeadLetterRecord {
    const { queue, on, node, key } = entry.record;
    const target = { queue, on, ordered: key !== undefined, ...(node === undefined ? {} : { node }) };
    return { ...target, message, failure };
  }

  /** Chosen by the first who asks. */
  private async storeId(signal: AbortSignal): Promise<string> {
    const known = await this.store.get<string>(storeIdKey, { signal });
    if (known) return known.value;
    try {
      await this.store.put(storeIdKey, this.instance, { ifAbsent: true, signal });
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
    return (await this.store.get<string>(storeIdKey, { signal }))!.value;
  }

  /** Does nothing where somebody else has the entry by now: the lease was over, because this process had stood still. */
  private async unlessTaken(
    entry: OutboxEntry,
    write: (free: { readonly type: 'delete'; readonly key: string; readonly ifVersion?: string }) => Promise<void>,
  ): Promise<void> {
    await entry.renewing;
    const { hold } = entry;
    entry.hold = undefined;
    try {
      await write({ type: 'delete', key: this.hold(entry), ...(hold === undefined ? {} : { ifVersion: hold }) });
    } catch (error) {
      if (!isConflict(error)) {
        entry.hold = hold;
        throw error;
      }
    }
  }

  private rewrite(entry: OutboxEntry, attempt: number, ttlMs: number): StoreBatchWrite {
    const value: EntryRecord = { ...entry.record, attempt };
    return { type: 'put', key: this.key(entry), value, ttlMs, ifVersion: entry.version };
  }

  private key({ record, seq }: OutboxEntry): string {
    return entryKey(lineKey(record), seq);
  }

  private hold({ record, seq }: OutboxEntry): string {
    return holdKey(lineKey(record), seq);
  }
}

function isConflict(error: unknown): boolean {
  return SkerryError.is(error) && error.code === 'SKERRY_STORE_CONFLICT';
}
