import {
  SkerryError,
  type Clock,
  type StoreBatchOutcome,
  type StoreCapabilities,
  type StoredChange,
  type StoreDelete,
  type StoredEntry,
  type StoredPage,
  type StoreDriver,
  type StoreOutcome,
  type StorePut,
  type StoreRange,
  type StoreWrite,
} from '@skerry/core';
import { resolveLmdbOptions, type LmdbOptions } from '../lmdb-options.js';
import { LmdbDatabase } from './database.js';
import { storedEntry } from './stored-entry.js';
import { Sweeper } from './sweeper.js';
import { Watches } from './watches.js';
import { WriteQueue } from './write-queue.js';

const pageBytes = 4 * 1024 * 1024;
// No key holds it, so that nothing comes between a key and the same with it.
const behind = Buffer.of(0);

/**
 * A store in one file that any number of processes of this machine and user share. Reads go to memory that is mapped; a write
 * is acknowledged when it is on the disk. A process that is killed leaves the file as its last acknowledged write did.
 */
export class LmdbStoreDriver implements StoreDriver {
  readonly name = 'lmdb';
  readonly capabilities: StoreCapabilities = {
    watch: true,
    ttl: true,
    maxBatchWrites: 1_000,
    durable: 'disk',
    maxValueBytes: 4 * 1024 * 1024,
  };
  private readonly database: LmdbDatabase;
  private readonly queue: WriteQueue;
  private readonly watches: Watches;
  private readonly sweeper: Sweeper;
  private closing?: Promise<void>;

  /** Opens the file. Throws `SKERRY_OPTION_INVALID`, `SKERRY_STORE_FILE_UNUSABLE`, or what the file system says. */
  constructor(clock: Clock, options: LmdbOptions) {
    const { path, pollMs, sweepMs } = resolveLmdbOptions(options);
    this.database = new LmdbDatabase(path, clock);
    this.watches = new Watches(this.database, clock, pollMs);
    this.queue = new WriteQueue(this.database, () => this.watches.look());
    this.sweeper = new Sweeper(this.database, this.queue, clock, sweepMs);
  }

  async get(key: string, signal: AbortSignal): Promise<StoredEntry | undefined> {
    this.ready(signal);
    return this.find(key, this.database.entries.getBinary(Buffer.from(key)));
  }

  put(write: StorePut, signal: AbortSignal): Promise<StoreOutcome> {
    return this.write(write, signal);
  }

  delete(write: StoreDelete, signal: AbortSignal): Promise<StoreOutcome> {
    return this.write(write, signal);
  }

  async batch(writes: readonly StoreWrite[], signal: AbortSignal): Promise<StoreBatchOutcome> {
    this.ready(signal);
    return this.queue.write(writes, signal);
  }

  async list({ prefix, after, limit }: StoreRange, signal: AbortSignal): Promise<StoredPage> {
    this.ready(signal);
    const entries: StoredEntry[] = [];
    let bytes = 0;
    for (const { key, value } of this.database.entries.getRange({ start: startOf(prefix, after) })) {
      const text = key.toString();
      if (!text.startsWith(prefix)) break;
      const entry = this.find(text, value);
      if (!entry) continue;
      if (entries.length === limit || bytes >= pageBytes) return { entries, more: true };
      entries.push(entry);
      bytes += entry.value.byteLength;
    }
    return { entries, more: false };
  }

  async watch(prefix: string, changed: (changes: readonly StoredChange[]) => void, signal: AbortSignal): Promise<void> {
    if (!signal.aborted) this.ready(signal);
    return this.watches.add(prefix, changed, signal);
  }

  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    this.watches.close();
    this.sweeper.close();
    await this.queue.idle();
    await this.database.root.close();
  }

  private async write(write: StoreWrite, signal: AbortSignal): Promise<StoreOutcome> {
    const outcome = await this.batch([write], signal);
    if (!outcome.done) return { done: false, ...(outcome.found === undefined ? {} : { found: outcome.found }) };
    const [version] = outcome.versions;
    return { done: true, ...(version === undefined ? {} : { version }) };
  }

  private find(key: string, bytes: Buffer | undefined): StoredEntry | undefined {
    return storedEntry(key, bytes, this.database.now());
  }

  /** What is asked from here on is answered as of now. */
  private ready(signal: AbortSignal): void {
    signal.throwIfAborted();
    if (this.closing) throw new SkerryError('SKERRY_APP_STATE', `cannot use ${this.database.path}: it is closed`);
    this.database.refresh();
  }
}

function startOf(prefix: string, after: string | undefined): Buffer {
  const start = Buffer.from(prefix);
  if (after === undefined) return start;
  const next = Buffer.concat([Buffer.from(after), behind]);
  return Buffer.compare(next, start) > 0 ? next : start;
}
