import type { StoreBatchOutcome, StoreWrite } from '@skerry/core';
import type { LmdbDatabase } from './database.js';
import {
  decodeEntry,
  decodeExpiry,
  encodeEntry,
  encodeExpiry,
  encodeNumber,
  encodeRecord,
  encodeState,
  journalLength,
  type Kind,
  type RawEntry,
} from './layout.js';

// A key of an empty value would do; the library dislikes those.
const nothing = Buffer.of(0);

/** What is done within one write transaction of the file: of all processes, one at a time is here. */
export class Transaction {
  private readonly now: number;
  private readonly former: number;
  private readonly latest: number;
  private version: number;

  constructor(private readonly database: LmdbDatabase) {
    const { lastVersion, latest } = database.readState();
    this.version = this.former = lastVersion;
    this.now = database.now();
    this.latest = Math.max(latest, this.now);
  }

  write(writes: readonly StoreWrite[]): StoreBatchOutcome {
    const keys = writes.map(({ key }) => Buffer.from(key));
    const entries = keys.map((key) => this.find(key));
    for (const [index, write] of writes.entries()) {
      const found = this.versionOf(entries[index]);
      const expected = write.ifVersion ?? (write.type === 'put' && write.ifAbsent ? undefined : found);
      if (found !== expected) return { done: false, index, ...(found === undefined ? {} : { found }) };
    }
    return { done: true, versions: writes.map((write, index) => this.apply(write, keys[index]!, entries[index])) };
  }

  /** Removes the entries that expired first; returns how many. */
  expire(atMost: number): number {
    const { expiries } = this.database;
    // Gathered before anything is removed, which would move what is read.
    const due = [...expiries.getKeys({ end: encodeNumber(this.now), limit: atMost })];
    for (const bytes of due) {
      const { at, key } = decodeExpiry(bytes);
      const entry = this.find(key);
      if (entry?.expiresAt === at) this.remove(key, entry);
      else void expiries.remove(bytes);
    }
    return due.length;
  }

  /** Whether anything was changed. */
  end(): boolean {
    if (this.version === this.former) return false;
    this.database.writeState(encodeState({ lastVersion: this.version, latest: this.latest }));
    return true;
  }

  private apply(write: StoreWrite, key: Buffer, former: RawEntry | undefined): string | undefined {
    if (write.type === 'delete') {
      if (former) this.remove(key, former);
      return this.versionOf(former);
    }
    const { entries, expiries } = this.database;
    const expiresAt = this.now + (write.ttlMs ?? Infinity);
    const version = this.record('put', key);
    if (former && former.expiresAt < Infinity) void expiries.remove(encodeExpiry(former.expiresAt, key));
    if (expiresAt < Infinity) void expiries.put(encodeExpiry(expiresAt, key), nothing);
    void entries.put(key, encodeEntry({ version, expiresAt, value: write.value }));
    return String(version);
  }

  private remove(key: Buffer, { expiresAt }: RawEntry): void {
    const { entries, expiries } = this.database;
    this.record(expiresAt > this.now ? 'delete' : 'expired', key);
    if (expiresAt < Infinity) void expiries.remove(encodeExpiry(expiresAt, key));
    void entries.remove(key);
  }

  /** Notes a change for whoever watches, under the version that it makes; the oldest note makes room. */
  private record(kind: Kind, key: Buffer): number {
    const { journal } = this.database;
    const version = ++this.version;
    void journal.put(encodeNumber(version), encodeRecord(kind, key));
    if (version > journalLength) void journal.remove(encodeNumber(version - journalLength));
    return version;
  }

  private find(key: Buffer): RawEntry | undefined {
    const bytes = this.database.entries.getBinary(key);
    return bytes && decodeEntry(bytes);
  }

  /** Of what is there: what has expired is not. */
  private versionOf(entry: RawEntry | undefined): string | undefined {
    return entry && entry.expiresAt > this.now ? String(entry.version) : undefined;
  }
}
