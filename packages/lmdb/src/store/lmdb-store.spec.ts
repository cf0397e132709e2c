import { setMaxListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@skerry-private/test-kit';
import { ManualClock, type StoredChange, type StoreWrite } from '@skerry/core';
import { LmdbDatabase } from './database.js';
import { journalLength } from './layout.js';
import { LmdbStoreDriver } from './lmdb-store.js';
import { Transaction } from './transaction.js';

const { signal } = new AbortController();
// One for all operations of a test.
setMaxListeners(0, signal);
let clock: ManualClock;
let folder: string;
let path: string;
let driver: LmdbStoreDriver;

beforeEach(() => {
  clock = new ManualClock();
  folder = mkdtempSync(join(tmpdir(), 'skerry-lmdb-'));
  path = join(folder, 'store.lmdb');
  driver = new LmdbStoreDriver(clock, { path });
});
afterEach(async () => {
  await driver.close();
  expect(clock.pendingTimers).toBe(0);
  rmSync(folder, { recursive: true });
});

const puts = (count: number, name = 'k', ttlMs?: number): StoreWrite[] =>
  Array.from({ length: count }, (_, i) => ({
    type: 'put',
    key: `${name}${i}`,
    value: Buffer.from(String(i)),
    ...(ttlMs === undefined ? {} : { ttlMs }),
  }));

/** What lies in the tables of the file. */
async function counts(): Promise<{ entries: number; expiries: number; journal: number }> {
  const { entries, expiries, journal, root } = new LmdbDatabase(path, clock);
  const found = { entries: entries.getCount(), expiries: expiries.getCount(), journal: journal.getCount() };
  await root.close();
  return found;
}

test('lists everything when there is no prefix', async () => {
  await driver.batch(puts(3), signal);
  const page = await driver.list({ prefix: '', limit: 10 }, signal);
  expect(page.entries.map(({ key }) => key)).toEqual(['k0', 'k1', 'k2']);
});

test('a read shows what was acknowledged before it, also to another process in this very turn', async () => {
  const other = new LmdbDatabase(path, clock);
  const before = driver.get('k0', signal);
  other.root.transactionSync(() => {
    const transaction = new Transaction(other);
    transaction.write(puts(1));
    transaction.end();
  });
  const after = driver.get('k0', signal);
  expect(await before).toBeUndefined();
  expect(await after).toMatchObject({ key: 'k0', version: '1' });
  await other.root.close();
});

test('many writers at once share the flushes of the disk', async () => {
  const { root } = driver['database'];
  const commit = root.childTransaction.bind(root);
  let commits = 0;
  root.childTransaction = (work) => {
    commits++;
    return commit(work);
  };
  await Promise.all(puts(500).map((write) => driver.put(write as never, signal)));
  expect(commits).toBeLessThan(10);
  expect((await driver.list({ prefix: 'k', limit: 1_000 }, signal)).entries).toHaveLength(500);
});

test('what has expired is removed from the file, in portions, with all that belongs to it', async () => {
  for (let i = 0; i < 3; i++) await driver.batch(puts(1_000, `brief${i}-`, 5_000), signal);
  await driver.batch(puts(10, 'brief0-'), signal);
  await driver.batch(puts(10, 'lasting'), signal);
  expect(await counts()).toMatchObject({ entries: 3_010, expiries: 2_990 });
  await clock.advance(5_000);
  await eventually(async () => {
    await clock.advance(100);
    expect(await counts()).toMatchObject({ entries: 20, expiries: 0 });
  });
});

test('a watch that is too far behind is told to list again; the journal stays bounded', async () => {
  const told: StoredChange[] = [];
  const stop = new AbortController();
  // Of another process, which sees what happened only when it looks.
  const other = new LmdbStoreDriver(new ManualClock(), { path });
  const otherClock = other['watches']['clock'] as ManualClock;
  const watch = other.watch('', (changes) => told.push(...changes), stop.signal);
  for (let i = 0; i <= journalLength / 1_000; i++) await driver.batch(puts(1_000, `${i}-`), signal);
  expect(told).toEqual([]);
  await otherClock.advance(50);
  expect(told).toEqual([{ type: 'resync' }]);
  await driver.batch(puts(1, 'last'), signal);
  await otherClock.advance(50);
  expect(told.slice(1)).toMatchObject([{ type: 'put', entry: { key: 'last0' } }]);
  expect((await counts()).journal).toBe(journalLength);
  stop.abort();
  await watch;
  await other.close();
});

test('a watch follows many changes in portions, each key in order', async () => {
  const told: string[] = [];
  const stop = new AbortController();
  const other = new LmdbStoreDriver(clock, { path });
  const watch = other.watch(
    '',
    (changes) => told.push(...changes.map((change) => (change.type === 'put' ? change.entry.key : change.type))),
    stop.signal,
  );
  for (let i = 0; i < 4; i++) await driver.batch(puts(1_000, `${i}-`), signal);
  await clock.advance(50);
  expect(told).toHaveLength(4_000);
  expect(new Set(told).size).toBe(4_000);
  expect(told.at(-1)).toBe('3-999');
  stop.abort();
  await watch;
  await other.close();
});

test('closing waits for what is being written', async () => {
  const writes = Promise.all(puts(200).map((write) => driver.put(write as never, signal)));
  await driver.close();
  expect((await writes).every(({ done }) => done)).toBe(true);
  expect((await counts()).entries).toBe(200);
  await expect(driver.get('k0', signal)).rejects.toMatchObject({ code: 'SKERRY_APP_STATE' });
});

test('an entry of a former boot expires by the wall clock, and one of this boot does not mind it', async () => {
  await driver.put({ type: 'put', key: 'a', value: Buffer.of(1), ttlMs: 60_000 }, signal);
  await driver.close();
  const at = (wallMs: number, boot: string): number => {
    const later = new LmdbDatabase(path, new ManualClock(1, 1_700_000_000_000 + wallMs), boot);
    closing.push(later.root.close());
    return later.now();
  };
  const closing: Promise<void>[] = [];
  const start = at(0, 'next');
  expect(at(3_600_000, 'next')).toBe(start);
  expect(at(3_600_000, 'the one after')).toBe(start + 3_600_000);
  expect(at(0, 'with a clock that went back')).toBeGreaterThanOrEqual(start);
  await Promise.all(closing);
});
