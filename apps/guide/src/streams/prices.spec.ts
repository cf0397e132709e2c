import { ValidationError, type Client } from '@skerry/core';
import { ManualClock, TestApp, TestNetwork } from '@skerry/testing';
import { Prices, PricesModule, ShopWindowModule, type Price, type ShopWindow } from './prices.js';

describe('streams', () => {
  let clock: ManualClock;
  let network: TestNetwork;
  let serving: TestApp;
  let prices: Client<Prices>;
  let window: Client<ShopWindow>;

  beforeEach(async () => {
    clock = new ManualClock();
    network = new TestNetwork(clock);
    serving = await TestApp.create(PricesModule, { network }).start();
    const shop = await TestApp.create(ShopWindowModule, { network }).start();
    prices = shop.client<Prices>('prices');
    window = shop.client<ShopWindow>('shop-window');
  });

  afterEach(() => network.close());

  /** Reads until `count` items came, then leaves. */
  async function read<T>(stream: AsyncIterable<T>, count: number): Promise<T[]> {
    const items: T[] = [];
    const reading = (async () => {
      for await (const item of stream) if (items.push(item) === count) return;
    })();
    let failure: unknown;
    let over = false;
    reading.catch((error: unknown) => (failure = error)).finally(() => (over = true));
    while (!over) await clock.advance(500);
    if (failure) throw failure as Error;
    return items;
  }

  test('go on beyond the deadline of a call, and end when their reader leaves', async () => {
    await expect(read(prices.watch({ sku: 'A1' }), 10)).resolves.toHaveLength(10);
    await clock.settle();
    expect(serving.get(Prices).watchers).toBe(0);
  });

  test('are passed on', async () => {
    await prices.upload([{ sku: 'A1', cents: 250 }]);
    await expect(read(window.show({ sku: 'A1' }), 8)).resolves.toEqual(Array(8).fill('A1 costs 250 cents'));
    await clock.settle();
    expect(serving.get(Prices).watchers).toBe(0);
  });

  test('go to the server from anything that can be iterated, each message checked', async () => {
    await expect(window.fill('A1=250\nB2=90')).resolves.toBe(2);
    await expect(window.firstCheap({ sku: 'B2' })).resolves.toBe(90);
    const error = await prices.upload([{ sku: 'A1', cents: -1 }]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ValidationError);
  });

  test('go both ways', async () => {
    await window.fill('A1=250\nB2=90');
    const found: Price[] = [];
    for await (const price of prices.lookUp([{ sku: 'B2' }, { sku: 'A1' }])) found.push(price);
    expect(found.map(({ cents }) => cents)).toEqual([90, 250]);
  });

  test('end after 30 seconds of silence, or as many as the call says', async () => {
    async function* silent(): AsyncGenerator<{ sku: string }> {
      yield { sku: 'A1' };
      await new Promise(() => undefined);
    }
    const startedAt = clock.now();
    await expect(read(prices.lookUp(silent()), 2)).rejects.toMatchObject({ code: 'SKERRY_RPC_STREAM_IDLE' });
    expect(clock.now() - startedAt).toBeGreaterThanOrEqual(30_000);
    expect(clock.now() - startedAt).toBeLessThan(31_000);
    const patient = read(prices.watch({ sku: 'A1' }, { idleTimeoutMs: 900 }), 2);
    await expect(patient).rejects.toMatchObject({ code: 'SKERRY_RPC_STREAM_IDLE' });
  });

  test('have a deadline where the call gives one, and where they are read by a call that has one', async () => {
    const timed = read(prices.watch({ sku: 'A1' }, { timeoutMs: 3_000 }), 10);
    await expect(timed).rejects.toMatchObject({ code: 'SKERRY_RPC_DEADLINE_EXCEEDED' });
    await prices.upload([{ sku: 'A1', cents: 250 }]);
    const startedAt = clock.now();
    const waiting = expect(window.firstCheap({ sku: 'A1' })).rejects.toMatchObject({
      code: 'SKERRY_RPC_DEADLINE_EXCEEDED',
    });
    await clock.advance(6_000);
    await waiting;
    expect(clock.now() - startedAt).toBe(6_000);
    expect(serving.get(Prices).watchers).toBe(0);
  });
});
