import { eventually } from '@skerry-private/test-kit';
import { IsInt, IsString, Min } from 'class-validator';
import { Broker } from '../broker/broker.js';
import { BROKER_DRIVER } from '../broker/broker-driver-token.js';
import { DedupeLog } from '../broker/dedupe.js';
import type { Delivery } from '../broker/delivery.js';
import { MemoryBrokerDriver } from '../broker/memory.js';
import { MemoryBrokerEngine } from '../broker/memory-engine.js';
import { Reject } from '../broker/reject.js';
import { Topic } from '../broker/topic.js';
import { ManualClock } from '../clock/manual-clock.js';
import { Inject, Injectable } from '../container/injectable.js';
import { tokenKey } from '../container/token.js';
import { Context } from '../context/context.js';
import { SkerryError } from '../errors/skerry-error.js';
import { Module } from '../module/module.js';
import type { GraphError } from '../module/problem.js';
import { Handler } from '../service/handler.js';
import type { Guard, HandlerCall, Interceptor } from '../service/pipeline.js';
import { Service } from '../service/service.js';
import { Subscribe } from '../service/subscribe.js';
import type { Application } from './application.js';
import { rejection, World } from './fixtures/in-memory.js';

class OrderPlaced {
  @IsString()
  id!: string;

  @IsInt()
  @Min(1)
  total!: number;
}

const orderPlaced = new Topic('orders.placed', OrderPlaced);

/** What was handled, in its order: `who id`. */
let handled: string[] = [];
let deliveries: Delivery[] = [];
let contexts: Context[] = [];
/** What handlers are to do, by who. */
let behaviour: Record<string, (order: OrderPlaced, delivery: Delivery) => Promise<void> | void> = {};

async function handle(who: string, order: OrderPlaced, delivery: Delivery): Promise<void> {
  deliveries.push(delivery);
  contexts.push(Context.current()!);
  await behaviour[who]?.(order, delivery);
  handled.push(`${who} ${order.id}`);
}

@Injectable()
class Timing implements Interceptor {
  async intercept({ kind, handler }: HandlerCall, next: () => unknown): Promise<unknown> {
    handled.push(`around ${handler} ${kind}`);
    return next();
  }
}

@Injectable()
class SmallOnly implements Guard {
  allows({ request }: HandlerCall): boolean {
    return (request as OrderPlaced).total < 1_000;
  }
}

@Service('stock')
class Stock {
  @Subscribe(orderPlaced, { queue: 'stock', attempts: 3, backoff: { firstMs: 100 } })
  async reserve(order: OrderPlaced, delivery: Delivery): Promise<void> {
    await handle('stock', order, delivery);
  }

  @Subscribe('orders.placed', { queue: 'audit', concurrency: 1 })
  async audit(order: OrderPlaced, delivery: Delivery): Promise<void> {
    await handle('audit', order, delivery);
  }

  @Subscribe(orderPlaced)
  async everywhere(order: OrderPlaced, delivery: Delivery): Promise<void> {
    await handle('everywhere', order, delivery);
  }

  @Subscribe('lines.#', { queue: 'lines', orderBy: 'key', concurrency: 5, backoff: { firstMs: 50 } })
  async line(order: OrderPlaced, delivery: Delivery): Promise<void> {
    await handle('line', order, delivery);
  }

  @Subscribe('slow', { queue: 'slow', ackTimeoutMs: 500, attempts: 2, backoff: { firstMs: 10 }, message: Object })
  async slow(_message: unknown, delivery: Delivery): Promise<void> {
    await handle('slow', { id: delivery.id, total: 1 }, delivery);
  }

  @Subscribe('once', { queue: 'once', dedupe: { windowMs: 60_000 } })
  async once(order: OrderPlaced, delivery: Delivery): Promise<void> {
    await handle('once', order, delivery);
  }

  @Subscribe('guarded', { queue: 'guarded', guards: [SmallOnly], interceptors: [Timing], attempts: 1 })
  async guarded(order: OrderPlaced, delivery: Delivery): Promise<void> {
    await handle('guarded', order, delivery);
  }
}

@Module({ providers: [Stock, Timing, SmallOnly] })
class StockModule {}

@Service('shop')
class Shop {
  constructor(@Inject(Broker) private readonly broker: Broker) {}

  @Handler()
  async place(order: OrderPlaced): Promise<void> {
    await this.broker.publish(orderPlaced, order, { headers: { tenant: 'a' }, key: order.id });
  }
}

@Module({ providers: [Shop] })
class ShopModule {}

describe('subscriptions', () => {
  let clock: ManualClock;
  let world: World;
  let engine: MemoryBrokerEngine;
  let shop: Application;
  let broker: Broker;

  async function start(module: new () => object): Promise<Application> {
    const driver = new MemoryBrokerDriver(engine);
    const overrides = new Map([[tokenKey(BROKER_DRIVER), { provide: BROKER_DRIVER, useValue: driver }]]);
    return world.start(module, { overrides });
  }

  async function until(check: () => void): Promise<void> {
    await eventually(async () => {
      await clock.advance(10);
      check();
    });
  }

  beforeEach(async () => {
    [handled, deliveries, contexts, behaviour] = [[], [], [], {}];
    clock = new ManualClock();
    world = new World(clock);
    engine = new MemoryBrokerEngine(clock);
    shop = await start(ShopModule);
    broker = shop.get(Broker);
  });

  afterEach(async () => {
    const stopping = world.stop();
    await clock.advance(60_000);
    await stopping;
    expect(clock.pendingTimers).toBe(0);
  });

  const order = (id: string, total = 1): OrderPlaced => ({ id, total });

  test('get each message once per queue, and once per instance without one', async () => {
    for (let instance = 0; instance < 3; instance++) await start(StockModule);
    for (let id = 0; id < 20; id++) await broker.publish(orderPlaced, order(`${id}`));
    await until(() => expect(handled).toHaveLength(20 + 20 + 60));
    const count = (who: string): number => handled.filter((each) => each.startsWith(who)).length;
    expect([count('stock'), count('audit'), count('everywhere')]).toEqual([20, 20, 60]);
    expect(new Set(handled.filter((each) => each.startsWith('stock'))).size).toBe(20);
  });

  test('run in the context of whoever published', async () => {
    await start(StockModule);
    const caller = shop.client<Shop>('shop');
    await caller.place(order('A1'), { baggage: { user: 'ada' } });
    await until(() => expect(handled).toHaveLength(3));
    const at = deliveries.findIndex(({ queue }) => queue === 'stock.orders.placed');
    expect(contexts[at]).toMatchObject({
      metadata: { tenant: 'a' },
      baggage: { user: 'ada' },
      attempt: 1,
      operation: 'stock.reserve',
      caller: { service: 'shop' },
      idempotencyKey: deliveries[at]!.id,
    });
    expect(contexts[at]!.traceId).toBe(contexts[0]!.traceId);
    expect(contexts[at]!.parentSpanId).toMatch(/^[0-9a-f]{16}$/);
    expect(deliveries[at]).toMatchObject({ headers: { tenant: 'a' }, key: 'A1', topic: 'orders.placed', attempt: 1 });
    expect(deliveries[at]!.headers).toEqual({ tenant: 'a' });
  });

  test('try a message again after a while, and give it up with its history', async () => {
    await start(StockModule);
    behaviour['stock'] = () => {
      throw new Error('the password is hunter2');
    };
    await broker.publish(orderPlaced, order('A1'));
    await until(() => expect(world.events.filter(({ type }) => type === 'dead-lettered')).toHaveLength(1));
    const attempts = deliveries.filter(({ queue }) => queue === 'stock.orders.placed').map(({ attempt }) => attempt);
    expect(attempts).toEqual([1, 2, 3]);
    const delays = world.events.flatMap((event) => (event.type === 'delivery-failed' ? [event.delayMs] : []));
    expect(delays).toEqual([expect.any(Number), expect.any(Number)]);
    expect(delays[0]).toBeGreaterThanOrEqual(80);
    expect(delays[1]).toBeGreaterThanOrEqual(160);
    const [letter] = await broker.deadLetters('stock.orders.placed');
    expect(letter!.failure).toMatchObject({ attempt: 3, service: 'stock', code: 'SKERRY_RPC_INTERNAL' });
    expect(JSON.stringify(letter!.failure)).not.toMatch(/hunter2/);
    // The others had theirs.
    expect(handled.sort()).toEqual(['audit A1', 'everywhere A1']);

    behaviour = {};
    expect(await broker.takeDeadLetter('stock.orders.placed', letter!.id, 'retry')).toBe(true);
    await until(() => expect(handled).toContain('stock A1'));
  });

  test('give a message up at once that is rejected, invalid, or unreadable', async () => {
    await start(StockModule);
    behaviour['stock'] = () => {
      throw new Reject('the order is cancelled');
    };
    await broker.publish(orderPlaced, order('A1'));
    // Not checked by the publisher: the topic is a plain string there.
    await broker.publish('orders.placed', { id: 'A2', total: 'many' });
    await until(() => expect(world.events.filter(({ type }) => type === 'dead-lettered')).toHaveLength(4));
    const codes = (await broker.deadLetters('stock.orders.placed')).map(({ failure }) => failure.code);
    expect(codes.sort()).toEqual(['SKERRY_BROKER_REJECTED', 'SKERRY_VALIDATION_FAILED']);
    expect(deliveries.every(({ attempt }) => attempt === 1)).toBe(true);
  });

  test('put a message off when they are asked to', async () => {
    await start(StockModule);
    behaviour['stock'] = (_order, delivery) => {
      if (delivery.attempt === 1) delivery.nack({ delayMs: 5_000 });
    };
    await broker.publish(orderPlaced, order('A1'));
    await until(() => expect(deliveries.filter(({ queue }) => queue === 'stock.orders.placed')).toHaveLength(1));
    await clock.advance(4_000);
    expect(deliveries.filter(({ queue }) => queue === 'stock.orders.placed')).toHaveLength(1);
    await clock.advance(2_000);
    await until(() => expect(deliveries.filter(({ queue }) => queue === 'stock.orders.placed')).toHaveLength(2));
  });

  test('keep the order of messages with one key, also while one of them fails, and let other keys pass', async () => {
    for (let instance = 0; instance < 2; instance++) await start(StockModule);
    let failures = 0;
    behaviour['line'] = ({ id }) => {
      if (id === 'a-1' && failures++ < 2) throw new SkerryError('BUSY', 'busy');
    };
    for (let at = 0; at < 5; at++) {
      for (const key of ['a', 'b', 'c']) await broker.publish(`lines.${key}`, order(`${key}-${at}`), { key });
    }
    await until(() => expect(handled).toHaveLength(15));
    for (const key of ['a', 'b', 'c']) {
      const own = handled.filter((each) => each.startsWith(`line ${key}`));
      expect(own).toEqual([0, 1, 2, 3, 4].map((at) => `line ${key}-${at}`));
    }
  });

  test('tell a handler that takes too long, and try the message again', async () => {
    await start(StockModule);
    behaviour['slow'] = (_order, { attempt }) =>
      attempt === 1 ? clock.sleep(10_000, Context.current()!.signal) : undefined;
    await broker.publish('slow', { any: 'thing' });
    await until(() => expect(deliveries).toHaveLength(1));
    await clock.advance(500);
    await until(() => expect(handled).toHaveLength(1));
    expect(contexts[0]!.signal.aborted).toBe(true);
    expect(deliveries.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  test('pass guards and interceptors as calls do', async () => {
    await start(StockModule);
    await broker.publish('guarded', order('small', 1));
    await broker.publish('guarded', order('large', 5_000));
    await until(() => expect(world.events.filter(({ type }) => type === 'dead-lettered')).toHaveLength(1));
    expect(handled).toEqual(['around guarded event', 'guarded small']);
    const [letter] = await broker.deadLetters('guarded.guarded');
    expect(letter!.failure.code).toBe('SKERRY_RPC_DENIED');
  });

  test('leave out messages that the queue has handled, within its window', async () => {
    await start(StockModule);
    behaviour['once'] = (_order, { attempt }) => {
      if (attempt === 1) throw new SkerryError('BUSY', 'busy');
    };
    const messageId = 'order-7';
    await broker.publish('once', order('A1'), { messageId });
    await until(() => expect(handled).toEqual(['once A1']));
    behaviour = {};
    await broker.publish('once', order('A1'), { messageId });
    await broker.publish('once', order('A2'), { messageId: 'order-8' });
    await until(() => expect(handled).toEqual(['once A1', 'once A2']));
    await clock.advance(61_000);
    await broker.publish('once', order('A3'), { messageId });
    await until(() => expect(handled).toHaveLength(3));
  });

  test('handle one of two messages with one id that come at once, also when the first fails', async () => {
    await start(StockModule);
    let fail!: () => void;
    behaviour['once'] = ({ id }) =>
      id === 'first' ? new Promise((_resolve, reject) => (fail = () => reject(new Error('broken')))) : undefined;
    await broker.publish('once', order('first'), { messageId: 'x' });
    await broker.publish('once', order('second'), { messageId: 'x' });
    await until(() => expect(deliveries).toHaveLength(1));
    await clock.advance(2_000);
    expect(handled).toEqual([]);
    fail();
    await until(() => expect(handled).toEqual(['once second']));
    behaviour = {};
    await clock.advance(10_000);
    expect(handled).toEqual(['once second']);
  });

  test('that wait for what another instance is handling leave it to that one when they stop', async () => {
    const first = await start(StockModule);
    let finish!: () => void;
    behaviour['once'] = ({ id }) => (id === 'first' ? new Promise((resolve) => (finish = resolve)) : undefined);
    await broker.publish('once', order('first'), { messageId: 'x' });
    await until(() => expect(deliveries).toHaveLength(1));
    await broker.publish('once', order('second'), { messageId: 'x' });
    await until(() => expect(first.get(Broker).subscriptions.map(({ stats }) => stats.inFlight)).toContain(2));
    const stopped = first.stop();
    await clock.advance(100);
    // Of the same store, as another instance would ask it.
    const log = first.get(DedupeLog);
    const { signal } = new AbortController();
    expect(await log.begin('once.once', 'x', 1_000, signal)).toBe('running');
    finish();
    await clock.advance(1_000);
    await stopped;
    expect(handled).toEqual(['once first']);
  });

  test('are checked by the publisher where the topic has a class', async () => {
    const wrong = { id: 'A1', total: 0 };
    await expect(broker.publish(orderPlaced, wrong)).rejects.toMatchObject({ code: 'SKERRY_VALIDATION_FAILED' });
    await expect(broker.publish('Orders Placed!', wrong)).rejects.toMatchObject({ code: 'SKERRY_OPTION_INVALID' });
  });

  test('that nobody made are told, or are an error where that is asked for', async () => {
    await broker.publish('nobody.listens', {});
    await broker.publish('nobody.listens', {});
    expect(broker.stats).toEqual({ published: 2, unrouted: 2 });
    expect(world.events.filter(({ type }) => type === 'unrouted')).toHaveLength(1);
    await expect(broker.publish('nobody.listens', {}, { mandatory: true })).rejects.toMatchObject({
      code: 'SKERRY_BROKER_UNROUTED',
    });
  });

  test('tell how far they are: what waits, what runs, what came again, and what was given up', async () => {
    const app = await start(StockModule);
    const audit = app.get(Broker).subscriptions.find(({ plan }) => plan.queue === 'audit.orders.placed')!;
    let finish!: () => void;
    behaviour['audit'] = () => new Promise((resolve) => (finish = resolve));
    for (let id = 0; id < 5; id++) await broker.publish(orderPlaced, order(`${id}`));
    await until(() => expect(finish).toBeDefined());
    await clock.advance(2_000);
    expect(audit.stats).toMatchObject({ inFlight: 1, handled: 0, redelivered: 0, lastAgeMs: undefined });
    // One runs and one is in hand.
    expect(await audit.waiting()).toBe(3);
    behaviour = {
      audit: (each, { attempt }) => {
        if (each.id === '1') throw new Reject('never');
        if (each.id === '2' && attempt < 3) throw new Error('not yet');
      },
    };
    finish();
    await clock.advance(10_000);
    await until(() => expect(audit.stats.handled).toBe(4));
    const counts = { inFlight: 0, handled: 4, redelivered: 2, retried: 2, deadLettered: 1, duplicates: 0 };
    expect(audit.stats).toMatchObject(counts);
    expect(audit.stats.lastAgeMs).toBeGreaterThanOrEqual(2_000);
    expect(await audit.waiting()).toBe(0);
  });

  test('finish what they handle when the application stops, and give back the rest', async () => {
    const app = await start(StockModule);
    let finish!: () => void;
    behaviour['audit'] = () => new Promise((resolve) => (finish = resolve));
    for (let id = 0; id < 5; id++) await broker.publish(orderPlaced, order(`${id}`));
    await until(() => expect(handled.filter((each) => each.startsWith('stock'))).toHaveLength(5));
    const stopped = app.stop();
    await clock.advance(100);
    behaviour = {};
    finish();
    await expect(stopped).resolves.toBe(0);
    expect(handled.filter((each) => each.startsWith('audit'))).toEqual(['audit 0']);
    await start(StockModule);
    await until(() => expect(handled.filter((each) => each.startsWith('audit'))).toHaveLength(5));
    expect(handled.filter((each) => each.startsWith('audit')).sort()).toEqual(
      [0, 1, 2, 3, 4].map((id) => `audit ${id}`),
    );
  });

  test('come back by themselves after the engine was lost, and each delivery is handled once', async () => {
    await start(StockModule);
    engine.loseSubscriptions();
    await until(() =>
      expect(world.events.filter(({ type }) => type === 'subscription-failing').length).toBeGreaterThan(0),
    );
    await clock.advance(1_000);
    handled = [];
    await broker.publish(orderPlaced, order('A1'));
    await until(() => expect(handled).toHaveLength(3));
    await clock.advance(1_000);
    expect(handled.sort()).toEqual(['audit A1', 'everywhere A1', 'stock A1']);
  });
});

describe('a subscription that cannot work', () => {
  @Service('wrong')
  class Wrong {
    @Subscribe('not a topic!')
    async one(): Promise<void> {}

    @Subscribe('fine', { queue: 'no spaces', attempts: 0 })
    async two(): Promise<void> {}
  }
  @Module({ providers: [Wrong] })
  class WrongModule {}

  test('is explained at boot, with all others', async () => {
    const error = await rejection<GraphError>(new World().create(WrongModule));
    const told = error.problems.map(({ code, message }) => `${code} ${message}`);
    expect(told).toEqual([
      expect.stringMatching(/Cannot serve Wrong\.one: it subscribes to not a topic!, which is no topic/),
      expect.stringMatching(/Cannot serve Wrong\.two: 'no spaces' cannot be a queue's name/),
    ]);
  });

  test('is explained before anything is served where the engine lacks what it asks for', async () => {
    @Service('demanding')
    class Demanding {
      @Subscribe('orders.*', { queue: 'q', orderBy: 'key' })
      async all(): Promise<void> {}
    }
    @Module({ providers: [Demanding] })
    class DemandingModule {}
    const clock = new ManualClock();
    const world = new World(clock);
    const poor = new MemoryBrokerDriver(new MemoryBrokerEngine(clock), { ordered: false, patterns: false });
    const overrides = new Map([[tokenKey(BROKER_DRIVER), { provide: BROKER_DRIVER, useValue: poor }]]);
    const error = await rejection<GraphError>(world.start(DemandingModule, { overrides }));
    expect(error.problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /Demanding\.all to orders\.\*: it asks for the pattern orders\.\*, and the memory broker has no patterns/,
      ),
      expect.stringMatching(/it asks for orderBy: 'key', and the memory broker has no ordered/),
    ]);
    expect(world.events.map(({ type }) => type)).not.toContain('listening');
  });
});
