import type { Clock, Timer } from '../clock/clock.js';
import type { StoreBatchOutcome, StoredChange, StoredEntry, StoredPage, StoreRange, StoreWrite } from './driver.js';
import { ExpiryQueue } from './expiry-queue.js';
import { MemoryWatches } from './memory-watches.js';
import { SortedKeys } from './sorted-keys.js';

interface Entry {
  readonly value: Uint8Array;
  readonly version: string;
  /** By the clock; infinite for what lives until it is deleted. */
  readonly expiresAt: number;
}

// Of one turn, so that a million entries that expire together do not stop the process.
const expiredPerTurn = 1_000;
const pageBytes = 4 * 1024 * 1024;

/**
 * What a server would be to the drivers of another engine: it holds the entries, expires them, tells who watches. Passed to
 * every `MemoryStoreDriver` that shall see the same entries. It can be hurt as a server can be, for tests.
 */
export class MemoryStoreEngine {
  private readonly entries = new Map<string, Entry>();
  private readonly keys = new SortedKeys();
  private readonly watches = new MemoryWatches();
  private readonly expiries = new ExpiryQueue(({ key, version }) => this.entries.get(key)?.version === version);
  private expiring = 0;
  private sweep?: Timer & { readonly at: number };
  private drivers = 0;
  private versions = 0;
  private refusal?: Error;
  private thaw?: { readonly done: Promise<void>; readonly resolve: () => void };

  constructor(private readonly clock: Clock) {}

  /** Resolves when the engine takes a request; rejects while it is stopped, and when `signal` aborts. */
  async reached(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.refusal) throw this.refusal;
    await this.thaw?.done;
    signal.throwIfAborted();
  }

  get(key: string): StoredEntry | undefined {
    const entry = this.live(key);
    return entry && this.stored(key, entry);
  }

  /** In one turn, so in one step. */
  write(writes: readonly StoreWrite[]): StoreBatchOutcome {
    for (const [index, write] of writes.entries()) {
      const found = this.live(write.key)?.version;
      const expected = write.ifVersion ?? (write.type === 'put' && write.ifAbsent ? undefined : found);
      if (found !== expected) return { done: false, index, ...(found === undefined ? {} : { found }) };
    }
    const changes: StoredChange[] = [];
    const versions = writes.map((write) => {
      const former = this.live(write.key)?.version;
      const version = write.type === 'put' ? String(++this.versions) : former;
      if (write.type === 'put') {
        const { key, value, ttlMs } = write;
        this.set(key, { value, version: version!, expiresAt: this.clock.now() + (ttlMs ?? Infinity) });
        changes.push({ type: 'put', entry: this.get(key)! });
      } else if (this.remove(write.key)) {
        changes.push({ type: former === undefined ? 'expired' : 'delete', key: write.key });
      }
      return version;
    });
    this.watches.report(changes);
    return { done: true, versions };
  }

  list({ prefix, after, limit }: StoreRange): StoredPage {
    const entries: StoredEntry[] = [];
    let bytes = 0;
    for (const key of this.keys.range(prefix, after)) {
      if (entries.length === limit || bytes >= pageBytes) return { entries, more: true };
      const entry = this.get(key);
      if (!entry) continue;
      entries.push(entry);
      bytes += entry.value.byteLength;
    }
    return { entries, more: false };
  }

  /** Returns what ends it; neither is called afterwards. Throws while the engine is stopped. */
  watch(...[prefix, changed, lost]: Parameters<MemoryWatches['add']>): () => void {
    if (this.refusal) throw this.refusal;
    return this.watches.add(prefix, changed, lost);
  }

  /** A driver begins to use it. As long as none does, nothing is removed, and no timer runs. */
  attach(): void {
    this.drivers++;
    this.schedule();
  }

  detach(): void {
    this.drivers--;
    this.schedule();
  }

  /** Refuses every request and breaks every watch, like a server that is down. Entries expire all the same. */
  stop(): void {
    this.refusal = new Error('the engine is stopped');
    this.watches.lose(this.refusal);
  }

  /** Answers nothing, like a server that hangs. */
  freeze(): void {
    let resolve!: () => void;
    const done = new Promise<void>((thawed) => (resolve = thawed));
    this.thaw ??= { done, resolve };
  }

  /** Ends {@link stop} and {@link freeze}. */
  resume(): void {
    delete this.refusal;
    this.thaw?.resolve();
    delete this.thaw;
  }

  private set(key: string, entry: Entry): void {
    const former = this.entries.get(key);
    if (!former) this.keys.add(key);
    else if (former.expiresAt < Infinity) this.expiring--;
    this.entries.set(key, entry);
    if (entry.expiresAt === Infinity) return;
    this.expiring++;
    this.expiries.add({ at: entry.expiresAt, key, version: entry.version }, this.expiring);
    this.schedule();
  }

  /** Whether it was there, expired or not. */
  private remove(key: string): boolean {
    const former = this.entries.get(key);
    if (!former) return false;
    if (former.expiresAt < Infinity) this.expiring--;
    this.entries.delete(key);
    this.keys.delete(key);
    return true;
  }

  private live(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    return entry && entry.expiresAt > this.clock.now() ? entry : undefined;
  }

  private stored(key: string, { value, version, expiresAt }: Entry): StoredEntry {
    const expiresInMs = expiresAt - this.clock.now();
    return { key, value: new Uint8Array(value), version, ...(expiresInMs < Infinity ? { expiresInMs } : {}) };
  }

  private schedule(): void {
    const { first } = this.expiries;
    const at = this.drivers > 0 && first ? first.at : Infinity;
    if (at === (this.sweep?.at ?? Infinity)) return;
    this.sweep?.cancel();
    delete this.sweep;
    if (at === Infinity) return;
    const timer = this.clock.setTimer(at - this.clock.now(), () => this.expire(), true);
    this.sweep = { at, cancel: () => timer.cancel() };
  }

  private expire(): void {
    delete this.sweep;
    const changes: StoredChange[] = [];
    for (let count = 0; count < expiredPerTurn; count++) {
      const { first } = this.expiries;
      if (!first || first.at > this.clock.now()) break;
      this.expiries.removeFirst();
      if (this.entries.get(first.key)?.version !== first.version) continue;
      this.remove(first.key);
      changes.push({ type: 'expired', key: first.key });
    }
    this.watches.report(changes);
    this.schedule();
  }
}
