import { getEventListeners } from 'node:events';
import { ManualClock } from '../clock/manual-clock.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { StoredChange } from './driver.js';
import type { StoreChange } from './entry.js';
import { MemoryStoreEngine } from './memory-engine.js';
import { MemoryStoreDriver } from './memory.js';
import { Store } from './store.js';

let clock: ManualClock;
let engine: MemoryStoreEngine;
let store: Store;

beforeEach(() => {
  clock = new ManualClock();
  engine = new MemoryStoreEngine(clock);
  store = new Store(new MemoryStoreDriver(engine), clock);
});
afterEach(async () => {
  await store.close();
  await clock.settle();
  expect(clock.pendingTimers).toBe(0);
});

/** Reads what is there, without waiting for more. */
async function read(changes: AsyncIterator<StoreChange>): Promise<string[]> {
  const told: string[] = [];
  for (;;) {
    await clock.settle();
    const next = await Promise.race([changes.next(), clock.settle().then(() => undefined)]);
    if (!next || next.done) return told;
    told.push(text(next.value));
  }
}

function text(change: StoreChange): string {
  if (change.type === 'resync') return 'resync';
  return change.type === 'put' ? `${change.key}=${String(change.entry.value)}` : `${change.key} ${change.type}`;
}

test('begins with the call, before anybody reads', async () => {
  await store.put('before', 1);
  const changes = store.watch();
  await store.put('a', 1);
  await store.put('b', 1);
  expect(await read(changes)).toEqual(['a=1', 'b=1']);
});

test('tells a slow consumer the latest state of each key', async () => {
  const changes = store.watch();
  for (let i = 0; i < 5_000; i++) await store.put(`k${i % 3}`, i);
  await store.delete('k0');
  expect(await read(changes)).toEqual(['k0 delete', 'k1=4999', 'k2=4997'].sort());
});

test('tells a consumer that is too far behind to list again, and what came after', async () => {
  const changes = store.watch();
  for (let i = 0; i < 1_500; i++) await store.put(`k${String(i).padStart(4, '0')}`, i);
  const told = await read(changes);
  expect(told[0]).toBe('resync');
  expect(told.at(-1)).toBe('k1499=1499');
  expect(told.length).toBeLessThan(1_000);
});

test('keeps at most some megabytes for a slow consumer', async () => {
  const changes = store.watch();
  for (let i = 0; i < 20; i++) await store.put(`k${i}`, new Uint8Array(1024 * 1024));
  const told = await read(changes);
  expect(told[0]).toBe('resync');
  expect(told.length).toBeLessThan(17);
});

test('shows the keys of its namespace as they are called there', async () => {
  const orders = store.namespace('orders');
  const changes = orders.watch('open/');
  await orders.put('open/1', 'x', { ttlMs: 50 });
  await orders.put('closed/1', 'x');
  await store.put('open/2', 'x');
  expect(await read(changes)).toEqual(['open/1=x']);
});

test('tells what has expired', async () => {
  const changes = store.watch();
  await store.put('a', 'x', { ttlMs: 50 });
  expect(await read(changes)).toEqual(['a=x']);
});

test('watches again after the engine was lost, and says that something may have been missed', async () => {
  const changes = store.watch();
  await store.put('a', 1);
  await clock.settle();
  engine.stop();
  await clock.advance(60_000);
  engine.resume();
  engine.write([{ type: 'put', key: 'missed', value: Buffer.from('1') }]);
  await clock.advance(3_000);
  await store.put('b', 1);
  expect(await read(changes)).toEqual(['resync', 'b=1']);
});

test('ends with an error where no patience helps', async () => {
  const driver = new MemoryStoreDriver(engine);
  driver.watch = () => Promise.reject(new SkerryError('SKERRY_STORE_FILE_UNUSABLE', 'gone'));
  const changes = new Store(driver, clock).watch();
  await expect(changes.next()).rejects.toMatchObject({ code: 'SKERRY_STORE_FILE_UNUSABLE' });
  expect(await changes.next().catch(() => 'again')).toBe('again');
  await driver.close();
});

test('tells of a value that cannot be read, and goes on', async () => {
  const changes = store.watch();
  engine.write([{ type: 'put', key: 'bad', value: Buffer.from('{') }]);
  await store.put('good', 1);
  expect(await read(changes)).toEqual(['bad invalid', 'good=1']);
});

describe('ends', () => {
  const drained = async (changes: AsyncIterable<unknown>): Promise<number> => {
    let count = 0;
    for await (const _ of changes) count++;
    return count;
  };

  test('with its signal, also while it is waited for', async () => {
    const stop = new AbortController();
    const end = drained(store.watch('', { signal: stop.signal }));
    await store.put('a', 1);
    await clock.settle();
    stop.abort(new Error('enough'));
    expect(await end).toBe(1);
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
    expect(await drained(store.watch('', { signal: stop.signal }))).toBe(0);
  });

  test('with the store', async () => {
    const ends = [drained(store.watch()), drained(store.namespace('a').watch())];
    await clock.settle();
    await store.close();
    expect(await Promise.all(ends)).toEqual([0, 0]);
  });

  test('when the loop is left, and then costs the engine nothing', async () => {
    const told: StoredChange[] = [];
    const watch = engine.watch.bind(engine);
    engine.watch = (prefix, changed, lost) =>
      watch(prefix, (changes) => (told.push(...changes), changed(changes)), lost);
    await store.put('a', 1);
    const changes = store.watch();
    await store.put('a', 2);
    for await (const change of changes) {
      expect(change.type).toBe('put');
      break;
    }
    const before = told.length;
    await store.put('a', 3);
    await clock.settle();
    expect(told).toHaveLength(before);
  });
});

test('several calls of next take their turns', async () => {
  const changes = store.watch();
  const three = [changes.next(), changes.next(), changes.next()];
  await store.put('a', 1);
  await store.put('b', 2);
  await store.put('c', 3);
  const keys = (await Promise.all(three)).map(({ value }) => (value as { key: string }).key);
  expect(keys).toEqual(['a', 'b', 'c']);
});
