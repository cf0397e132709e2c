import {
  MemoryRegistryDriver,
  MemoryRegistryEngine,
  REGISTRY_DRIVER,
  type Class,
  type Client,
  type SkerryError,
} from '@skerry/core';
import { eventually } from '@skerry-private/test-kit';
import { ManualClock, TestApp, TestNetwork } from '@skerry/testing';
import { DatabaseBusy, ShopModule, stockModule, type Shop, type Stock } from './stock.js';

describe('calls that fail', () => {
  let clock: ManualClock;
  let network: TestNetwork;
  let engine: MemoryRegistryEngine;
  let shop: TestApp;
  let stock: Client<Stock>;
  /** The attempts that reached a handler, of which node. */
  let runs: { node: string; attempt: number }[];
  let query: (run: { node: string; attempt: number }) => Promise<void>;

  async function start(node: string): Promise<TestApp> {
    const database = {
      query: (attempt: number) => {
        runs.push({ node, attempt });
        return query({ node, attempt });
      },
    };
    return begin(stockModule(database) as Class);
  }

  function begin(root: Class): Promise<TestApp> {
    return TestApp.create(root, { network })
      .override(REGISTRY_DRIVER)
      .useValue(new MemoryRegistryDriver(engine))
      .start();
  }

  /** Gives the call all the time that it wants. */
  async function outcome<T>(call: Promise<T>): Promise<T | SkerryError> {
    const settled = call.catch((error: SkerryError) => error);
    await clock.advance(10_000);
    return settled;
  }

  beforeEach(async () => {
    clock = new ManualClock();
    network = new TestNetwork(clock);
    engine = new MemoryRegistryEngine(clock);
    [runs, query] = [[], async () => undefined];
    await start('one');
    shop = await begin(ShopModule);
    stock = shop.client<Stock>('stock');
    await stock.free();
    runs = [];
  });

  afterEach(() => network.close());

  test('are sent again where the handler is idempotent and the error says that it may help', async () => {
    query = async ({ attempt }) => (attempt < 3 ? Promise.reject(new DatabaseBusy()) : undefined);
    await expect(outcome(stock.reserve({ orderId: '1', sku: 'A1' }))).resolves.toBe(1);
    expect(runs.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  });

  test('tell all attempts when none helped: one, and as many more as `retries` says', async () => {
    query = async () => Promise.reject(new DatabaseBusy());
    const error = (await outcome(stock.free())) as SkerryError;
    expect(error).toMatchObject({ code: 'DATABASE_BUSY', retryable: true });
    expect(error.details['attempts']).toHaveLength(3);
  });

  test('are not sent again by everyone on the way', async () => {
    query = async () => Promise.reject(new DatabaseBusy());
    const error = await outcome(shop.client<Shop>('shop').order({ orderId: '1', sku: 'A1' }));
    // The shop tried four times. Its own caller may send `order` again, and learns that it is no use.
    expect(runs).toHaveLength(4);
    expect(error).toMatchObject({ code: 'DATABASE_BUSY', retryable: false, origin: { service: 'stock' } });
  });

  test('are not sent again where the handler says nothing, nor where the error does not', async () => {
    query = async () => Promise.reject(new DatabaseBusy());
    await expect(outcome(stock.ship())).resolves.toMatchObject({ code: 'DATABASE_BUSY' });
    query = async () => Promise.reject(new Error('a bug'));
    await expect(outcome(stock.free())).resolves.toMatchObject({ code: 'SKERRY_RPC_INTERNAL' });
    expect(runs).toHaveLength(2);
  });

  test('go on to another node, whatever the handler says, when they certainly did not run', async () => {
    const leaving = await start('two');
    await eventually(async () => {
      await clock.advance(100);
      await stock.ship();
      expect(runs.map(({ node }) => node)).toContain('two');
    });
    runs = [];
    // The shop does not learn that the node leaves.
    engine.stop();
    await leaving.close();
    const calls = Promise.all(Array.from({ length: 20 }, () => stock.ship()));
    await clock.advance(1_000);
    await calls;
    engine.resume();
    expect(runs).toHaveLength(20);
    expect(runs).toContainEqual({ node: 'one', attempt: 2 });
  });

  test('are sent to a second node when the first is slow, where the call asks for it', async () => {
    await start('two');
    await clock.advance(1_000);
    for (let call = 0; call < 20; call++) {
      runs = [];
      query = async ({ node }) => (node === 'one' ? clock.sleep(2_000) : undefined);
      const free = shop.client<Shop>('shop').isFree();
      await clock.advance(60);
      await expect(free).resolves.toBe(true);
      await clock.advance(3_000);
      if (runs.length < 2) continue;
      expect(runs).toEqual([
        { node: 'one', attempt: 1 },
        { node: 'two', attempt: 2 },
      ]);
      return;
    }
    throw new Error('the slow node was never chosen first');
  });

  test('add no more than the budget to the load', async () => {
    query = async () => Promise.reject(new DatabaseBusy());
    const calls = Promise.allSettled(Array.from({ length: 1_000 }, () => stock.free()));
    await clock.advance(6_000);
    await calls;
    expect(runs.length).toBeGreaterThan(1_150);
    expect(runs.length).toBeLessThanOrEqual(1_201);
  });
});
