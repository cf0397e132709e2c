import { getEventListeners } from 'node:events';
import { ManualClock } from '../clock/manual-clock.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { StoreCapabilities } from './driver.js';
import type { StorePage } from './entry.js';
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
  engine.resume();
  await store.close();
  expect(clock.pendingTimers).toBe(0);
});

const weaker = (capabilities: Partial<StoreCapabilities>): Store =>
  new Store(new MemoryStoreDriver(engine, capabilities), clock);
const coded = (code: string, ...fragments: string[]): unknown =>
  expect.objectContaining({
    code,
    message: expect.stringMatching(new RegExp(fragments.join('.*'))),
  });

describe('values', () => {
  test.each([[{ a: [1, 'two', null, true], b: { c: 0.5 } }], ['text'], [''], [0], [null], [[]], [false]])(
    'come back as JSON has them: %j',
    async (value) => {
      await store.put('k', value);
      expect((await store.get('k'))!.value).toEqual(value);
    },
  );

  test.each([
    [Uint8Array.of()],
    [Uint8Array.of(0)],
    [Uint8Array.from({ length: 256 }, (_, i) => i)],
    [Buffer.from('{}')],
  ])('of bytes come back as bytes: %p', async (bytes) => {
    await store.put('k', bytes);
    const { value } = (await store.get<Uint8Array>('k'))!;
    expect(Buffer.isBuffer(value)).toBe(false);
    expect(value).toEqual(new Uint8Array(bytes));
  });

  test('that have no JSON are refused, and name their key', async () => {
    await expect(store.put('k', 1n)).rejects.toEqual(coded('SKERRY_CODEC_ENCODE_FAILED', 'k'));
    await expect(store.put('k', undefined)).rejects.toEqual(coded('SKERRY_CODEC_ENCODE_FAILED', 'delete the entry'));
    expect(await store.get('k')).toBeUndefined();
  });

  test('that nobody here has written are an error of that key alone', async () => {
    engine.write([{ type: 'put', key: 'bad', value: Buffer.from('{"a":') }]);
    await store.put('good', 1);
    await expect(store.get('bad')).rejects.toEqual(coded('SKERRY_CODEC_DECODE_FAILED', 'bad'));
    expect((await store.get('good'))!.value).toBe(1);
  });

  test('larger than the engine takes are refused, and batches of which all together are', async () => {
    const small = weaker({ maxValueBytes: 20 });
    await small.put('k', 'x'.repeat(18));
    await expect(small.put('k', 'x'.repeat(19))).rejects.toEqual(
      coded('SKERRY_STORE_VALUE_TOO_LARGE', '21 bytes', '20'),
    );
    const half = 'x'.repeat(9);
    const writes = ['a', 'b'].map((key) => ({ type: 'put', key, value: half }) as const);
    await expect(small.batch(writes)).rejects.toEqual(coded('SKERRY_STORE_VALUE_TOO_LARGE', 'batch of 2'));
    await small.close();
  });
});

describe('keys', () => {
  test.each([[''], ['a\n'], ['\u0000'], ['a\u007f'], ['\ud83e'], ['x'.repeat(513)], ['\u{1f980}'.repeat(129)], [7]])(
    'that cannot be are refused everywhere: %j',
    async (key) => {
      const refused = coded('SKERRY_STORE_KEY_INVALID');
      await expect(store.get(key as string)).rejects.toEqual(refused);
      await expect(store.put(key as string, 1)).rejects.toEqual(refused);
      await expect(store.delete(key as string)).rejects.toEqual(refused);
      await expect(store.batch([{ type: 'delete', key: key as string }])).rejects.toEqual(refused);
      if (key === '') return;
      await expect(store.list({ prefix: key as string })).rejects.toEqual(refused);
      expect(() => store.watch(key as string)).toThrow(expect.objectContaining({ code: 'SKERRY_STORE_KEY_INVALID' }));
    },
  );

  test('count with their namespace', async () => {
    await store.put('x'.repeat(512), 1);
    await expect(store.namespace('abc').put('x'.repeat(509), 1)).rejects.toEqual(
      coded('SKERRY_STORE_KEY_INVALID', '513 bytes with its namespace'),
    );
  });

  test('stand once in a batch', async () => {
    const write = { type: 'put', key: 'twice', value: 1 } as const;
    await expect(store.batch([write, write])).rejects.toEqual(coded('SKERRY_STORE_KEY_INVALID', 'twice'));
  });
});

describe('conditions', () => {
  test('that do not hold are a conflict that tells what was expected and found', async () => {
    const version = await store.put('k', 1);
    const conflict = (expected: string | null, found: string | null): unknown =>
      expect.objectContaining({
        code: 'SKERRY_STORE_CONFLICT',
        retryable: false,
        details: { key: 'k', expected, found },
      });
    await expect(store.put('k', 2, { ifAbsent: true })).rejects.toEqual(conflict(null, version));
    await expect(store.put('k', 2, { ifVersion: 'old' })).rejects.toEqual(conflict('old', version));
    await expect(store.delete('k', { ifVersion: 'old' })).rejects.toEqual(conflict('old', version));
    await store.delete('k', { ifVersion: version });
    await expect(store.put('k', 2, { ifVersion: version })).rejects.toEqual(conflict(version, null));
    const writes = [
      { type: 'put', key: 'other', value: 1 },
      { type: 'delete', key: 'k', ifVersion: version },
    ] as const;
    await expect(store.batch(writes)).rejects.toEqual(conflict(version, null));
    expect(await store.get('other')).toBeUndefined();
  });

  test('that cannot hold, and times that cannot be, are refused', async () => {
    const invalid = coded('SKERRY_OPTION_INVALID');
    await expect(store.put('k', 1, { ifAbsent: true, ifVersion: '1' })).rejects.toEqual(invalid);
    await expect(store.put('k', 1, { ifVersion: 1 as never })).rejects.toEqual(invalid);
    for (const ttlMs of [0, -1, Number.NaN, Infinity]) {
      await expect(store.put('k', 1, { ttlMs })).rejects.toEqual(invalid);
    }
  });

  test('a batch gives the versions of its puts', async () => {
    await store.put('gone', 1);
    const versions = await store.batch([
      { type: 'put', key: 'a', value: 1 },
      { type: 'delete', key: 'gone' },
    ]);
    expect(versions).toEqual([(await store.get('a'))!.version, undefined]);
    expect(await store.batch([])).toEqual([]);
  });
});

describe('pages', () => {
  async function all(page: (cursor?: string) => Promise<StorePage>): Promise<string[][]> {
    const pages: string[][] = [];
    for (let cursor: string | undefined; ;) {
      const { entries, cursor: next } = await page(cursor);
      pages.push(entries.map(({ key }) => key));
      if (next === undefined) return pages;
      cursor = next;
    }
  }

  test('follow each other by their cursors, within the prefix and the namespace', async () => {
    const orders = store.namespace('orders');
    for (const key of ['b/1', 'a/3', 'a/1', 'a/2']) await orders.put(key, key);
    await store.put('a/0', 'of no namespace');
    expect(await all((cursor) => orders.list({ prefix: 'a/', limit: 2, ...(cursor ? { cursor } : {}) }))).toEqual([
      ['a/1', 'a/2'],
      ['a/3'],
    ]);
  });

  test('a cursor of another list is refused', async () => {
    await store.put('a/1', 1);
    await store.put('a/2', 1);
    const { cursor } = await store.list({ prefix: 'a/', limit: 1 });
    for (const wrong of ['', 'nonsense', `${cursor}=`]) {
      await expect(store.list({ prefix: 'a/', cursor: wrong })).rejects.toEqual(coded('SKERRY_OPTION_INVALID'));
    }
    await expect(store.list({ prefix: 'b/', cursor: cursor! })).rejects.toEqual(coded('SKERRY_OPTION_INVALID', 'b/'));
  });

  test.each([0, -1, 1.5, 1_001, Number.NaN])('of %p entries are refused', async (limit) => {
    await expect(store.list({ limit })).rejects.toEqual(coded('SKERRY_OPTION_INVALID', String(limit)));
  });
});

describe('namespaces', () => {
  test('share nothing, whatever they are called', async () => {
    const names = ['a', 'a/b', 'a%2Fb', 'a%', 'b', '..', '.', 'services', 'services/a'];
    for (const name of names) await store.namespace(name).put('k', name);
    await store.namespace('a').namespace('b').put('k', 'nested');
    await store.service('a').put('k', 'service');
    for (const name of names) expect((await store.namespace(name).get('k'))!.value).toBe(name);
    expect((await store.list({ limit: 100 })).entries).toHaveLength(names.length + 2);
  });

  test('of a service are the same from wherever they are asked for', async () => {
    await store.service('orders').put('7', 'placed');
    const elsewhere = store.namespace('applications').namespace('shop');
    expect((await elsewhere.service('orders').get('7'))!.value).toBe('placed');
    expect((await store.get('services/orders/7'))!.value).toBe('placed');
  });

  test('a namespace is a Store, and needs a name', () => {
    expect(store.namespace('a')).toBeInstanceOf(Store);
    expect(() => store.namespace('')).toThrow(expect.objectContaining({ code: 'SKERRY_STORE_KEY_INVALID' }));
  });
});

describe('an engine that fails', () => {
  test('is one error, retryable, that names the engine and the reason', async () => {
    engine.stop();
    const failed = coded('SKERRY_STORE_UNAVAILABLE', 'memory store', 'the engine is stopped');
    await expect(store.get('k')).rejects.toEqual(failed);
    await expect(store.list()).rejects.toMatchObject({ retryable: true, details: { engine: 'memory' } });
    await expect(store.put('k', 1)).rejects.toEqual(
      coded('SKERRY_STORE_UNAVAILABLE', 'whether it happened is not known'),
    );
  });

  test('that does not answer is given up after five seconds', async () => {
    engine.freeze();
    const calls = [
      store.get('k'),
      store.put('k', 1),
      store.delete('k'),
      store.list(),
      store.batch([{ type: 'delete', key: 'k' }]),
    ];
    const outcomes = Promise.allSettled(calls);
    await clock.advance(4_999);
    expect(clock.pendingTimers).toBe(5);
    await clock.advance(1);
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({
        reason: { code: 'SKERRY_STORE_UNAVAILABLE', message: expect.stringContaining('5000 ms') },
      });
    }
    engine.resume();
    await clock.settle();
    expect(await store.get('k')).toBeUndefined();
  });

  test('is given up at once when the caller has gone, with the caller’s reason', async () => {
    engine.freeze();
    const caller = new AbortController();
    const put = store.put('k', 1, { signal: caller.signal });
    caller.abort(new Error('gone'));
    await expect(put).rejects.toThrow('gone');
    expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
  });
});

test('what an engine cannot do is refused before it is asked', async () => {
  const poor = weaker({ watch: false, ttl: false, maxBatchWrites: 0 });
  const refused = coded('SKERRY_STORE_UNSUPPORTED', 'memory');
  await expect(poor.put('k', 1, { ttlMs: 10 })).rejects.toEqual(refused);
  await expect(poor.batch([{ type: 'put', key: 'k', value: 1 }])).rejects.toEqual(refused);
  expect(() => poor.watch()).toThrow(expect.objectContaining({ code: 'SKERRY_STORE_UNSUPPORTED' }));
  const brief = weaker({ maxBatchWrites: 1 });
  const writes = ['a', 'b'].map((key) => ({ type: 'delete', key }) as const);
  await expect(brief.batch(writes)).rejects.toEqual(coded('SKERRY_STORE_UNSUPPORTED', 'more than 1'));
  expect((await store.list()).entries).toEqual([]);
  await Promise.all([poor.close(), brief.close()]);
});

test('a closed store does nothing more, in no namespace', async () => {
  const below = store.namespace('a');
  await store.close();
  await store.close();
  const closed = coded('SKERRY_APP_STATE', 'closed');
  await expect(store.get('k')).rejects.toEqual(closed);
  await expect(below.put('k', 1)).rejects.toEqual(closed);
  await expect(below.list()).rejects.toBeInstanceOf(SkerryError);
  expect(() => below.watch()).toThrow(expect.objectContaining({ code: 'SKERRY_APP_STATE' }));
});

test('a deadline that cannot be is refused', () => {
  for (const deadlineMs of [0, -1, Number.NaN, 2 ** 31]) {
    expect(() => new Store(new MemoryStoreDriver(engine), clock, { deadlineMs })).toThrow(
      expect.objectContaining({ code: 'SKERRY_OPTION_INVALID' }),
    );
  }
});
