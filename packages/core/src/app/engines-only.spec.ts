import { BROKER_DRIVER } from '../broker/broker-driver-token.js';
import { Broker } from '../broker/broker.js';
import type { BrokerDriver } from '../broker/driver.js';
import { MemoryBrokerDriver } from '../broker/memory.js';
import { MemoryBrokerEngine } from '../broker/memory-engine.js';
import { Clock } from '../clock/clock.js';
import { Injectable } from '../container/injectable.js';
import { SkerryError } from '../errors/skerry-error.js';
import { HealthCheck } from '../debug/health-check.js';
import { GraphError } from '../module/problem.js';
import { Module } from '../module/module.js';
import { Registry } from '../registry/registry.js';
import { Handler } from '../service/handler.js';
import { Service } from '../service/service.js';
import { Subscribe } from '../service/subscribe.js';
import { rejection, World } from './fixtures/in-memory.js';

const told: string[] = [];
let engine: MemoryBrokerEngine;

/** What an engine is set up with. */
@Injectable()
class Settings {
  constructor() {
    told.push('Settings');
  }

  onModuleInit(): void {
    told.push('Settings.init');
  }

  @HealthCheck()
  check(): never {
    throw new Error('the settings are not well');
  }
}

@Module({
  global: true,
  providers: [
    Settings,
    {
      provide: BROKER_DRIVER,
      useFactory: (_settings: Settings): BrokerDriver => new MemoryBrokerDriver(engine),
      inject: [Settings],
    },
  ],
  exports: [BROKER_DRIVER],
})
class EngineModule {
  constructor() {
    told.push('EngineModule');
  }
}

@Service('orders')
class Orders {
  constructor() {
    told.push('Orders');
  }

  onModuleInit(): void {
    told.push('Orders.init');
  }

  @Handler()
  async list(): Promise<string[]> {
    return ['A1'];
  }

  @Subscribe('orders.placed', { queue: 'orders' })
  async placed(): Promise<void> {
    told.push('Orders.placed');
  }
}

@Module({ imports: [EngineModule], providers: [Orders] })
class OrdersModule {
  constructor() {
    told.push('OrdersModule');
  }
}

describe('an application of engines only', () => {
  let world: World;

  beforeEach(() => {
    told.length = 0;
    world = new World();
    engine = new MemoryBrokerEngine(world.clock);
  });

  afterEach(() => world.stop());

  test('creates and initialises what its engines need, and nothing else of its own', async () => {
    const app = await world.start(OrdersModule, { enginesOnly: true });
    expect(told).toEqual(['Settings', 'Settings.init']);
    expect(app.graph.providers.map(({ name }) => name)).not.toContain('Orders');
  });

  test('serves nothing, registers nothing, subscribes to nothing, and waits for no health check', async () => {
    const app = await world.start(OrdersModule, { enginesOnly: true });
    expect(app.state).toBe('running');
    expect(app.address).toBeUndefined();
    expect(await app.get(Registry).services()).toEqual([]);
    expect([...engine.queues]).toEqual([]);
  });

  test('publishes to, and calls, what others run', async () => {
    @Module({ providers: [Orders, { provide: BROKER_DRIVER, useFactory: () => new MemoryBrokerDriver(engine) }] })
    class ServingModule {}
    await world.start(ServingModule);
    const app = await world.start(OrdersModule, { enginesOnly: true });
    await expect(app.client<Orders>('orders').list()).resolves.toEqual(['A1']);
    await app.get(Broker).publish('orders.placed', {}, { mandatory: true });
    expect(app.get(Broker).stats).toEqual({ published: 1, unrouted: 0 });
  });

  test('closes its engines when it stops', async () => {
    const app = await world.start(OrdersModule, { enginesOnly: true });
    const broker = app.get(Broker);
    await app.stop();
    const plan = { topic: 'a', queue: 'a', broadcast: false, attempts: 1, backoff: undefined, deadLetter: false };
    const driver = app.get(BROKER_DRIVER);
    const request = { ...plan, ordered: false, prefetch: 1, from: 'now' } as const;
    const sink = { delivered: () => undefined, lost: () => undefined };
    await expect(driver.subscribe(request, sink, new AbortController().signal)).rejects.toThrow('closed');
    expect(broker.subscriptions).toEqual([]);
  });

  test('is verified as a whole all the same', async () => {
    class Missing {}
    @Module({ providers: [{ provide: 'broken', useFactory: () => 1, inject: [Missing] }] })
    class BrokenModule {}
    const error = await rejection<SkerryError>(world.create(BrokenModule, { enginesOnly: true }));
    expect(error).toBeInstanceOf(GraphError);
  });

  test('has what the root module puts in the place of a building block', async () => {
    const app = await world.start(OrdersModule, { enginesOnly: true });
    expect(app.get(Clock)).toBe(world.clock);
  });
});
