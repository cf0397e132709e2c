import { eventually } from '@skerry-private/test-kit';
import { Broker } from '../broker/broker.js';
import { Delivery } from '../broker/delivery.js';
import { ManualClock } from '../clock/manual-clock.js';
import { tokenKey } from '../container/token.js';
import { Inject } from '../container/injectable.js';
import type { ValueProvider } from '../container/provider.js';
import { Module } from '../module/module.js';
import type { NodeRecord } from '../registry/node-record.js';
import { MemoryRegistryDriver } from '../registry/memory.js';
import { REGISTRY_DRIVER } from '../registry/registry-driver-token.js';
import { Service } from '../service/service.js';
import { Subscribe } from '../service/subscribe.js';
import { MemoryStoreEngine } from '../store/memory-engine.js';
import type { Application } from './application.js';
import { onStore, stopped } from './fixtures/inbox-drivers.js';
import { World } from './fixtures/in-memory.js';
import type { OnApplicationBootstrap } from './lifecycle.js';
import { InboxModule } from './inbox-module.js';

const lateMs = 100;
let handled: string[] = [];
let behaviour: (delivery: Delivery) => Promise<void> | void = () => undefined;

/** Tells of changes as late as a registry may that is a process of its own. */
class LateRegistry extends MemoryRegistryDriver {
  constructor(private readonly world: World) {
    super(world.registry);
  }

  override watch(service: string, changed: (nodes: readonly NodeRecord[]) => void, signal: AbortSignal): Promise<void> {
    const late = (nodes: readonly NodeRecord[]): void => {
      this.world.clock.setTimer(lateMs, () => (signal.aborted ? undefined : changed(nodes)), true);
    };
    return super.watch(service, late, signal);
  }
}

@Service('stock')
class Stock {
  @Subscribe('orders.placed', { queue: 'stock', concurrency: 2 })
  async reserve(delivery: Delivery): Promise<void> {
    handled.push(delivery.id);
    await behaviour(delivery);
  }
}

@Service('prices')
class Prices {
  @Subscribe('orders.#')
  async watch(delivery: Delivery): Promise<void> {
    handled.push(`broadcast ${delivery.id}`);
  }
}

@Module({ imports: [InboxModule.forRoot()], providers: [Stock, Prices] })
class StockModule {}

@Module({ imports: [InboxModule.forRoot()] })
class ShopModule {}

describe('a queue that is new', () => {
  let clock: ManualClock;
  let world: World;

  function start(root: new () => object, engine = new MemoryStoreEngine(clock)): Promise<Application> {
    const registry = new LateRegistry(world);
    const { overrides } = onStore(engine);
    return settled(
      world.start(root, {
        overrides: new Map<unknown, ValueProvider>([
          ...overrides,
          [tokenKey(REGISTRY_DRIVER), { provide: REGISTRY_DRIVER, useValue: registry }],
        ]),
      }),
    );
  }

  async function settled<T>(work: Promise<T>): Promise<T> {
    let over = false;
    const end = work.finally(() => (over = true));
    end.catch(() => undefined);
    while (!over) await clock.advance(10);
    return end;
  }

  async function until(check: () => void): Promise<void> {
    await eventually(
      async () => {
        await clock.advance(10);
        check();
      },
      { everyMs: 1 },
    );
  }

  const publish = (from: Application, messageId: string): Promise<void> =>
    settled(from.get(Broker).publish('orders.placed', { messageId }, { messageId, mandatory: messageId !== 'early' }));

  beforeEach(() => {
    [handled, behaviour] = [[], () => undefined];
    clock = new ManualClock();
    world = new World(clock);
  });

  afterEach(async () => {
    for (const application of world.apps.splice(0).reverse()) await stopped(application, clock);
    expect(clock.pendingTimers).toBe(0);
  });

  test('gets all that is published once its subscriber has started, also by those that knew the topic without it', async () => {
    const shops = [await start(ShopModule), await start(ShopModule)];
    for (const shop of shops) await publish(shop, 'early');
    await start(StockModule);
    // At once: their watches have told nothing since.
    await Promise.all(shops.map((shop, at) => publish(shop, `m${at}`)));
    await until(() => expect(handled).toHaveLength(4));
    expect(handled.sort()).toEqual(['broadcast m0', 'broadcast m1', 'm0', 'm1']);
    expect(world.events.filter(({ type }) => type === 'inbox-unheard')).toEqual([]);
  });

  test('is collected for from then on, when its subscriber leaves before anything was published', async () => {
    const shop = await start(ShopModule);
    await publish(shop, 'early');
    await stopped(await start(StockModule), clock);
    await clock.advance(60_000);
    await publish(shop, 'm1');
    await start(StockModule);
    await until(() => expect(handled).toContain('m1'));
  });

  test('gets what is published by one that cannot be found yet, and knew the topic before', async () => {
    let broker!: Broker;
    let go!: () => void;
    const held = new Promise<void>((resolve) => (go = resolve));
    @Service('early')
    class Early implements OnApplicationBootstrap {
      constructor(@Inject(Broker) own: Broker) {
        broker = own;
      }

      async onApplicationBootstrap(): Promise<void> {
        await broker.publish('orders.placed', {}, { messageId: 'early' });
        await held;
      }
    }
    @Module({ imports: [InboxModule.forRoot()], providers: [Early] })
    class EarlyModule {}
    const starting = start(EarlyModule);
    await until(() => expect(broker?.stats.published).toBe(1));
    await start(StockModule);
    await settled(broker.publish('orders.placed', {}, { messageId: 'm1', mandatory: true }));
    go();
    await starting;
    await until(() => expect(handled.sort()).toEqual(['broadcast m1', 'm1']));
  });

  test('begins all the same when a publisher cannot be reached, and that is told', async () => {
    const shop = await start(ShopModule);
    const address = shop.address!;
    // Dead, and not yet missed.
    const [record] = world.registry.nodes('skerry.inbox');
    const dead = { ...record!, id: 'skerry.inbox-dead', addresses: { skerry: `${address}-dead` } };
    world.registry.put(dead);
    await start(StockModule);
    await publish(shop, 'm1');
    await until(() => expect(handled).toContain('m1'));
    const told = world.events.filter(({ type }) => type === 'inbox-unheard');
    expect(told).toContainEqual(expect.objectContaining({ node: 'skerry.inbox-dead', queue: 'stock.orders.placed' }));
    world.registry.delete(dead);
  });

  test('says how many messages wait, counting those of processes that share a store once', async () => {
    const engine = new MemoryStoreEngine(clock);
    const shops = [await start(ShopModule, engine), await start(ShopModule, engine), await start(ShopModule)];
    const finish: (() => void)[] = [];
    behaviour = () => new Promise((resolve) => finish.push(resolve));
    const stock = await start(StockModule);
    const subscription = stock.get(Broker).subscriptions.find(({ plan }) => plan.queue === 'stock.orders.placed')!;
    for (const [at, shop] of shops.entries()) for (let n = 0; n < 4; n++) await publish(shop, `m${at}${n}`);
    // It handles 2, and has 2 more in hand.
    await until(() => expect(finish).toHaveLength(2));
    await clock.advance(1_000);
    expect(await settled(subscription.waiting())).toBe(8);
    behaviour = () => undefined;
    for (const each of finish) each();
    await until(() => expect(handled.filter((each) => !each.startsWith('broadcast'))).toHaveLength(12));
    await clock.advance(1_000);
    expect(await settled(subscription.waiting())).toBe(0);
  });
});
