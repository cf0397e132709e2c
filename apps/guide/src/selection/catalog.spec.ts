import {
  APPLICATION_INFO,
  Clients,
  MemoryRegistryDriver,
  MemoryRegistryEngine,
  REGISTRY_DRIVER,
  type Client,
  type NodeRecord,
  type RootModule,
} from '@skerry/core';
import { ManualClock, TestApp, TestNetwork, type TestAppOptions } from '@skerry/testing';
import {
  CarefulShopModule,
  CatalogModule,
  NextCatalogModule,
  OldestFirstModule,
  ShopModule,
  ShopWithKeysModule,
  type Catalog,
  type Shop,
} from './catalog.js';

describe('the node of a call', () => {
  let clock: ManualClock;
  let network: TestNetwork;
  let engine: MemoryRegistryEngine;

  beforeEach(() => {
    clock = new ManualClock();
    network = new TestNetwork(clock);
    engine = new MemoryRegistryEngine(clock);
  });

  afterEach(() => network.close());

  async function start(root: RootModule, options: TestAppOptions = {}): Promise<TestApp> {
    const app = await TestApp.create(root, { network, ...options })
      .override(REGISTRY_DRIVER)
      .useValue(new MemoryRegistryDriver(engine))
      .start();
    await clock.advance(200);
    return app;
  }

  const instanceOf = (app: TestApp): string => app.get(APPLICATION_INFO).instance;

  async function reached(calls: number, call: () => Promise<string>): Promise<Set<string>> {
    return new Set(await Promise.all(Array.from({ length: calls }, call)));
  }

  test('has the version that the call or its client asks for, and the labels', async () => {
    await start(CatalogModule, { metadata: { tier: 'gold' } });
    const [next, gold] = [
      await start(NextCatalogModule),
      await start(NextCatalogModule, { metadata: { tier: 'gold' } }),
    ];
    const shop = (await start(ShopModule)).client<Shop>('shop');
    expect(await reached(40, () => shop.next())).toEqual(new Set([instanceOf(next), instanceOf(gold)]));
    expect(await reached(40, () => shop.best())).toEqual(new Set([instanceOf(gold)]));
  });

  test('is waited for, and named in the error when none comes', async () => {
    await start(CatalogModule);
    const app = await start(ShopModule);
    const shop = app.client<Shop>('shop');
    const waiting = shop.next();
    await clock.advance(1_000);
    const next = await start(NextCatalogModule);
    await expect(waiting).resolves.toBe(instanceOf(next));
    const impatient = app.get(Clients).of<Catalog>('catalog', { version: '^3', timeoutMs: 500 });
    const none = impatient.whoAmI().catch((error: unknown) => error);
    await clock.advance(500);
    expect(await none).toMatchObject({
      code: 'SKERRY_RPC_NO_NODE',
      message: expect.stringMatching(/2 nodes, none satisfies version \^3 \(they have 1\.9\.0, 2\.1\.0\)/),
    });
  });

  test('is the same for the same key, where the strategy keeps keys', async () => {
    for (let node = 0; node < 3; node++) await start(CatalogModule);
    const shop = (await start(ShopWithKeysModule)).client<Shop>('shop');
    expect(await reached(20, () => shop.ofCart('cart-7'))).toHaveProperty('size', 1);
    const carts = Array.from({ length: 50 }, (_, cart) => shop.ofCart(`cart-${cart}`));
    expect(new Set(await Promise.all(carts)).size).toBe(3);
  });

  test('is accepted by every filter of the application', async () => {
    const stable = await start(CatalogModule);
    await start(CatalogModule, { metadata: { canary: 'true' } });
    const careful = (await start(CarefulShopModule)).client<Catalog>('catalog');
    expect(await reached(40, async () => (await careful.whoAmI()).instance)).toEqual(new Set([instanceOf(stable)]));
  });

  test('is in the own zone, while there is one', async () => {
    const near = await start(CatalogModule, { zone: 'north' });
    const far = await start(CatalogModule, { zone: 'south' });
    const catalog = (await start(ShopModule, { zone: 'north' })).client<Catalog>('catalog');
    const call = async (): Promise<string> => (await catalog.whoAmI()).instance;
    expect(await reached(40, call)).toEqual(new Set([instanceOf(near)]));
    await near.close();
    await clock.advance(200);
    expect(await reached(40, call)).toEqual(new Set([instanceOf(far)]));
  });

  test('may be chosen by a strategy of your own', async () => {
    await start(CatalogModule, { metadata: { since: '2026' } });
    const oldest = await start(CatalogModule, { metadata: { since: '2019' } });
    const catalog = (await start(OldestFirstModule)).client<Catalog>('catalog');
    expect(await reached(20, async () => (await catalog.whoAmI()).instance)).toEqual(new Set([instanceOf(oldest)]));
  });

  test('is left alone for five seconds after it failed three times in a row, then tried by one call', async () => {
    await start(CatalogModule);
    engine.put(gone('catalog-gone'));
    const catalog: Client<Catalog> = (await start(ShopModule)).client<Catalog>('catalog');
    const failures = async (calls: number): Promise<number> => {
      let count = 0;
      for (let call = 0; call < calls; call++) if ((await catalog.whoAmI()).attempt > 1) count++;
      return count;
    };
    // No call fails: the second attempt goes to the other node.
    expect(await failures(50)).toBe(3);
    await clock.advance(5_000);
    expect(await failures(50)).toBe(1);
  });
});

/** A record of a node that is not there any more, as after a crash. */
function gone(id: string): NodeRecord {
  return {
    ...{ service: 'catalog', id, version: '1.9.0', weight: 100, metadata: {}, ttlMs: 60_000, epoch: 1 },
    addresses: { skerry: `memory://${id}` },
    endpoints: [{ name: 'whoAmI', kind: 'unary', idempotent: true, readOnly: true }],
  };
}
