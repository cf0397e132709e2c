import fc from 'fast-check';
import { IsInt, Min } from 'class-validator';
import { SkerryError } from '../errors/skerry-error.js';
import { ManualClock } from '../clock/manual-clock.js';
import type { StoreEntry } from './entry.js';
import { MemoryStoreEngine } from './memory-engine.js';
import { MemoryStoreDriver } from './memory.js';
import { Store } from './store.js';
import type { TypedStore } from './typed-store.js';

class Shelf {
  @IsInt() @Min(0) left!: number;
}

let clock: ManualClock;
let engine: MemoryStoreEngine;
let store: Store;
let shelves: TypedStore<Shelf>;

beforeEach(() => {
  clock = new ManualClock();
  engine = new MemoryStoreEngine(clock);
  store = new Store(new MemoryStoreDriver(engine), clock);
  shelves = store.of(Shelf, 'shelves/');
});
afterEach(async () => {
  await store.close();
  expect(clock.pendingTimers).toBe(0);
});

const conflict = (): SkerryError => new SkerryError('SKERRY_STORE_CONFLICT', 'somebody was faster');

describe('putIfAbsent', () => {
  test('writes once', async () => {
    const version = await store.putIfAbsent('k', 1);
    expect(await store.get('k')).toEqual({ key: 'k', value: 1, version });
    expect(await store.putIfAbsent('k', 2)).toBeUndefined();
    expect((await store.get('k'))!.value).toBe(1);
    expect(await shelves.putIfAbsent('lamp', { left: 1 }, { ttlMs: 100 })).toEqual(expect.any(String));
    await clock.advance(100);
    expect(await shelves.putIfAbsent('lamp', { left: 2 })).toEqual(expect.any(String));
  });

  test('fails as a put does for any other reason', async () => {
    await expect(shelves.putIfAbsent('lamp', { left: -1 })).rejects.toMatchObject({ code: 'SKERRY_VALIDATION_FAILED' });
    await expect(store.putIfAbsent('', 1)).rejects.toMatchObject({ code: 'SKERRY_STORE_KEY_INVALID' });
  });
});

describe('update', () => {
  test('makes of the value another one, and tells the entry as it is then', async () => {
    const first = await shelves.update('lamp', (shelf) => ({ left: (shelf?.left ?? 0) + 1 }));
    expect(first).toEqual({ key: 'lamp', value: { left: 1 }, version: expect.any(String) });
    const second = await shelves.update('lamp', (shelf) => ({ left: shelf!.left + 1 }));
    expect(await shelves.get('lamp')).toEqual(second);
    expect(second!.value.left).toBe(2);
  });

  test('writes nothing where nothing is given', async () => {
    expect(await store.update('k', () => undefined)).toBeUndefined();
    expect(await store.get('k')).toBeUndefined();
    const version = await store.put('k', 1);
    expect(await store.update('k', () => undefined)).toEqual({ key: 'k', value: 1, version });
  });

  test('loses nothing of what many write at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ by: fc.integer({ min: 1, max: 9 }), slow: fc.boolean() }), {
          minLength: 1,
          maxLength: 60,
        }),
        async (steps) => {
          await store.delete('sum');
          const add = steps.map(({ by, slow }) =>
            store.update<number>('sum', async (sum = 0) => {
              if (slow) await Promise.resolve();
              return sum + by;
            }),
          );
          // Whoever lost ten times rests for a moment.
          let over = false;
          const all = Promise.all(add).finally(() => (over = true));
          while (!over) await clock.advance(10);
          await all;
          expect((await store.get('sum'))!.value).toBe(steps.reduce((sum, { by }) => sum + by, 0));
        },
      ),
      { numRuns: 30 },
    );
  });

  test('keeps how long the entry lives, unless it is told otherwise', async () => {
    await store.put('k', 1, { ttlMs: 1_000 });
    await clock.advance(400);
    expect(await store.update<number>('k', (value) => value! + 1)).toMatchObject({ value: 2, expiresInMs: 600 });
    await clock.advance(599);
    expect((await store.get('k'))!.expiresInMs).toBe(1);
    await store.update<number>('k', (value) => value! + 1, { ttlMs: 5_000 });
    await clock.advance(4_999);
    expect((await store.get('k'))!.value).toBe(3);
    await clock.advance(1);
    expect(await store.get('k')).toBeUndefined();
  });

  test('fails with what the change throws, and with what may not be written', async () => {
    const soldOut = new Error('sold out');
    await expect(store.update('k', () => Promise.reject(soldOut))).rejects.toBe(soldOut);
    await expect(shelves.update('lamp', () => ({ left: -1 }))).rejects.toMatchObject({
      code: 'SKERRY_VALIDATION_FAILED',
    });
  });
});

describe('retryConflicts', () => {
  test('ends with the conflict when others were faster for all of the deadline', async () => {
    let tries = 0;
    const work = async (): Promise<void> => {
      tries++;
      throw conflict();
    };
    let outcome: unknown;
    void store.retryConflicts(work).catch((error: unknown) => (outcome = error));
    while (outcome === undefined) await clock.advance(25);
    expect(outcome).toMatchObject({ code: 'SKERRY_STORE_CONFLICT' });
    expect(clock.now()).toBeGreaterThanOrEqual(5_000);
    expect(tries).toBeGreaterThan(20);
  });

  test('stops when its signal aborts', async () => {
    const over = new AbortController();
    const reason = new Error('enough');
    const work = async (): Promise<void> => {
      over.abort(reason);
      throw conflict();
    };
    await expect(store.retryConflicts(work, { signal: over.signal })).rejects.toBe(reason);
  });

  test('does not try again what failed for another reason', async () => {
    let tries = 0;
    const work = async (): Promise<void> => {
      tries++;
      throw new Error('no');
    };
    await expect(store.retryConflicts(work)).rejects.toThrow('no');
    expect(tries).toBe(1);
  });
});

test('all gives every entry, page by page, ordered by key', async () => {
  const keys = Array.from({ length: 25 }, (_, i) => `k${String(i).padStart(2, '0')}`);
  for (const [left, key] of keys.entries()) await shelves.put(key, { left });
  const found: StoreEntry<Shelf>[] = [];
  for await (const entry of shelves.all({ limit: 10 })) found.push(entry);
  expect(found.map(({ key }) => key)).toEqual(keys);
  expect(found[7]!.value).toBeInstanceOf(Shelf);
  const some: string[] = [];
  for await (const { key } of store.all({ prefix: 'shelves/k1' })) some.push(key);
  expect(some).toHaveLength(10);
});

describe('follow', () => {
  test('gives the entry as it is, and whenever it has changed', async () => {
    await shelves.put('lamp', { left: 1 });
    const over = new AbortController();
    const states = shelves.follow('lamp', { signal: over.signal });
    const next = async (): Promise<number | undefined> => (await states.next()).value?.value.left;
    expect(await next()).toBe(1);
    await shelves.put('lamp stand', { left: 9 });
    await shelves.put('lamp', { left: 2 });
    expect(await next()).toBe(2);
    await shelves.delete('lamp');
    expect(await next()).toBeUndefined();
    await shelves.put('lamp', { left: 3 });
    expect(await next()).toBe(3);
    const last = states.next();
    over.abort();
    expect(await last).toEqual({ done: true, value: undefined });
  });

  test('tells a state once, though it is both read and watched', async () => {
    const over = new AbortController();
    const states = store.follow('k', { signal: over.signal });
    const first = states.next();
    await store.put('k', 1);
    const seen = [(await first).value?.value];
    await store.put('k', 2);
    while (seen.at(-1) !== 2) seen.push((await states.next()).value?.value);
    expect(new Set(seen).size).toBe(seen.length);
    over.abort();
  });

  test('lets go of the watch when the loop is left', async () => {
    await store.put('k', 1);
    let open = 0;
    const watch = engine.watch.bind(engine);
    engine.watch = (...args) => {
      const end = watch(...args);
      open++;
      return () => {
        open--;
        end();
      };
    };
    for await (const entry of store.follow('k')) {
      expect([entry?.value, open]).toEqual([1, 1]);
      break;
    }
    expect(open).toBe(0);
  });

  test('fails when a value breaks the rules of the class', async () => {
    await shelves.put('lamp', { left: 1 });
    const states = shelves.follow('lamp');
    await states.next();
    await store.put('shelves/lamp', { left: -1 });
    await expect(states.next()).rejects.toMatchObject({ code: 'SKERRY_VALIDATION_FAILED' });
  });
});
