import { eventually } from '@skerry-private/test-kit';
import { Broker } from '../broker/broker.js';
import { Delivery } from '../broker/delivery.js';
import { ManualClock } from '../clock/manual-clock.js';
import type { ValueProvider } from '../container/provider.js';
import { tokenKey } from '../container/token.js';
import type { InboxOptions } from '../inbox/inbox-options.js';
import { Module } from '../module/module.js';
import { Service } from '../service/service.js';
import { Subscribe } from '../service/subscribe.js';
import type { StoreDriver } from '../store/driver.js';
import { MemoryStoreDriver } from '../store/memory.js';
import { MemoryStoreEngine } from '../store/memory-engine.js';
import { STORE_DRIVER } from '../store/store-driver-token.js';
import { MemoryNetwork } from '../transport/memory.js';
import { TRANSPORT_DRIVERS } from '../transport/transport.js';
import type { Application } from './application.js';
import { BreakableTransport, Wires } from './fixtures/breakable-transport.js';
import { stopped } from './fixtures/inbox-drivers.js';
import { rejection, World } from './fixtures/in-memory.js';
import { InboxModule } from './inbox-module.js';

interface Handled {
  readonly who: string;
  readonly id: string;
  readonly attempt: number;
}

let handled: Handled[] = [];
/** What a handler is to do before it has handled the message, by who. */
let behaviour: Record<string, (delivery: Delivery) => Promise<void> | void> = {};

async function handle(who: string, delivery: Delivery): Promise<void> {
  await behaviour[who]?.(delivery);
  handled.push({ who, id: delivery.id, attempt: delivery.attempt });
}

@Service('stock')
class Stock {
  @Subscribe('orders.placed', { queue: 'stock', attempts: 3, backoff: { firstMs: 100 } })
  async reserve(delivery: Delivery): Promise<void> {
    await handle('stock', delivery);
  }

  @Subscribe('orders.placed')
  async everywhere(delivery: Delivery): Promise<void> {
    await handle('everywhere', delivery);
  }
}

@Service('audit')
class Audit {
  @Subscribe('orders.#', { queue: 'audit' })
  async note(delivery: Delivery): Promise<void> {
    await handle('audit', delivery);
  }
}

function root(providers: (new () => object)[], options: InboxOptions = {}): new () => object {
  @Module({ imports: [InboxModule.forRoot(options)], providers })
  class Root {}
  return Root;
}

const both = root([Stock, Audit]);
const stock = root([Stock]);
const audit = root([Audit]);

describe('the inbox', () => {
  let clock: ManualClock;
  let world: World;
  let wires: Wires;
  let network: MemoryNetwork;
  let messages = 0;

  function start(
    module: new () => object,
    engine = new MemoryStoreEngine(clock),
    own: { readonly wires?: Wires; readonly store?: StoreDriver; readonly maxMessageBytes?: number } = {},
  ): Promise<Application> {
    const { store = new MemoryStoreDriver(engine, { durable: 'disk' }), maxMessageBytes } = own;
    const transport = new BreakableTransport(network, clock, own.wires ?? wires);
    return world.start(module, {
      ...(maxMessageBytes ? { maxMessageBytes } : {}),
      overrides: new Map<unknown, ValueProvider>([
        [tokenKey(STORE_DRIVER), { provide: STORE_DRIVER, useValue: store }],
        [tokenKey(TRANSPORT_DRIVERS), { provide: TRANSPORT_DRIVERS, useValue: transport }],
      ]),
    });
  }

  const shop = (options: InboxOptions = {}, engine?: MemoryStoreEngine): Promise<Application> =>
    start(root([], options), engine);

  async function publish(from: Application, count = 1, topic = 'orders.placed'): Promise<string[]> {
    const ids = Array.from({ length: count }, () => `m${++messages}`);
    for (const messageId of ids) await from.get(Broker).publish(topic, { messageId }, { messageId });
    return ids;
  }

  async function until(check: () => void, stepMs = 10): Promise<void> {
    await eventually(
      async () => {
        await clock.advance(stepMs);
        check();
      },
      { everyMs: 1 },
    );
  }

  const by = (who: string): string[] => handled.filter((each) => each.who === who).map(({ id }) => id);
  const told = (type: string): unknown[] => world.events.filter((event) => event.type === type);

  beforeEach(() => {
    [handled, behaviour] = [[], {}];
    clock = new ManualClock();
    world = new World(clock);
    wires = new Wires();
    network = new MemoryNetwork();
  });

  afterEach(async () => {
    for (const application of world.apps.splice(0).reverse()) await stopped(application, clock);
    expect(clock.pendingTimers).toBe(0);
  });

  test('brings each message once to each queue, and to each instance of a broadcast, with ten of them', async () => {
    for (let instance = 0; instance < 10; instance++) await start(both);
    const ids = (await Promise.all([publish(await shop(), 25), publish(await shop(), 25)])).flat();
    await until(() => expect(handled.length).toBeGreaterThanOrEqual(50 + 50 + 500));
    await clock.advance(5_000);
    expect(by('stock').sort()).toEqual([...ids].sort());
    expect(by('audit').sort()).toEqual([...ids].sort());
    expect(by('everywhere').sort()).toEqual(ids.flatMap((id) => Array<string>(10).fill(id)).sort());
    expect(handled.every(({ attempt }) => attempt === 1)).toBe(true);
  });

  test('tries a message again for the queue alone that could not handle it', async () => {
    const publisher = await shop();
    await start(both);
    behaviour['stock'] = ({ attempt }) => {
      if (attempt < 3) throw new Error('none left');
    };
    const [id] = await publish(publisher);
    await until(() => expect(by('stock')).toEqual([id]));
    expect(handled.find(({ who }) => who === 'stock')).toMatchObject({ attempt: 3 });
    expect([by('audit'), by('everywhere')]).toEqual([[id], [id]]);
  });

  test('keeps what nobody could handle among the dead letters of the publisher', async () => {
    const publisher = await shop();
    await start(stock);
    behaviour['stock'] = () => {
      throw new Error('none left');
    };
    const [id] = await publish(publisher);
    await until(() => expect(told('dead-lettered')).toHaveLength(1));
    const broker = publisher.get(Broker);
    await until(() => undefined);
    const [letter] = await broker.deadLetters('stock.orders.placed');
    expect(letter).toMatchObject({ message: { id }, failure: { attempt: 3, service: 'stock' } });
    behaviour = {};
    expect(await broker.takeDeadLetter('stock.orders.placed', letter!.id, 'retry')).toBe(true);
    await until(() => expect(by('stock')).toEqual([id]));
  });

  test('brings a message to another node, counted, when its node dies in the middle', async () => {
    const publisher = await shop();
    const first = await start(audit);
    let begun = 0;
    behaviour['audit'] = ({ attempt }) => {
      begun++;
      return attempt === 1 ? clock.sleep(10_000) : undefined;
    };
    const [id] = await publish(publisher);
    await until(() => expect(begun).toBe(1));
    await start(audit);
    wires.cut(first.address!);
    await until(() => expect(handled).toEqual([{ who: 'audit', id, attempt: 2 }]));
  });

  test('a node that refuses connections is passed over, and that is no attempt', async () => {
    const publisher = await shop();
    wires.cut((await start(audit)).address!);
    await start(audit);
    const ids = await publish(publisher, 10);
    await until(() => expect(by('audit')).toHaveLength(10), 200);
    expect(by('audit').sort()).toEqual([...ids].sort());
    expect(handled.every(({ attempt }) => attempt === 1)).toBe(true);
  });

  test('a publisher that starts again with its store goes on where it was, and publishes nothing for it', async () => {
    const engine = new MemoryStoreEngine(clock);
    const publisher = await shop({}, engine);
    await stopped(await start(audit), clock);
    await publish(publisher, 0);
    const consumer = await start(audit);
    const before = await publish(publisher, 1);
    await until(() => expect(by('audit')).toEqual(before));
    await stopped(consumer, clock);
    const kept = await publish(publisher, 5);
    await stopped(publisher, clock);
    await shop({}, engine);
    await start(audit);
    await until(() => expect(by('audit')).toEqual([...before, ...kept]));
    await clock.advance(60_000);
    expect(by('audit')).toHaveLength(6);
  });

  test('what a publisher was delivering when it died is delivered by its successor, once its lease is over', async () => {
    const engine = new MemoryStoreEngine(clock);
    const own = new Wires();
    const store = new MemoryStoreDriver(engine, { durable: 'disk' });
    const publisher = await start(root([], { leaseMs: 1_000 }), engine, { wires: own, store });
    const consumer = await start(audit);
    let begun = 0;
    behaviour['audit'] = () => (++begun === 1 ? clock.sleep(10_000) : undefined);
    const [id] = await publish(publisher);
    await until(() => expect(begun).toBe(1));
    await shop({ leaseMs: 1_000, resyncMs: 1_000 }, engine);
    await clock.advance(5_000);
    expect(begun).toBe(1);
    // It is gone for everybody else.
    const dead = (): Promise<never> => Promise.reject(new Error('it is dead'));
    Object.assign(store, { get: dead, put: dead, delete: dead, list: dead, batch: dead });
    own.cut(consumer.address!);
    await until(() => expect(handled).toEqual([{ who: 'audit', id, attempt: 2 }]), 100);
    await clock.advance(20_000);
    expect(handled).toHaveLength(2);
  });

  test('publishers that share a store deliver each message once, whoever of them gets to it', async () => {
    const engine = new MemoryStoreEngine(clock);
    const sharing: InboxOptions = {
      resyncMs: 500,
      leaseMs: 1_000,
      expected: [{ topic: 'orders.placed', queue: 'stock' }],
    };
    const publishers = [await shop(sharing, engine), await shop(sharing, engine), await shop(sharing, engine)];
    const ids = (await Promise.all(publishers.map((publisher) => publish(publisher, 30)))).flat();
    // By now each of them has seen what the others have.
    await clock.advance(2_000);
    behaviour['stock'] = () => clock.sleep(700);
    for (let instance = 0; instance < 2; instance++) await start(stock);
    await until(() => expect(by('stock').length).toBeGreaterThanOrEqual(90), 100);
    await clock.advance(10_000);
    expect(by('stock').sort()).toEqual([...ids].sort());
    expect(handled.every(({ attempt }) => attempt === 1)).toBe(true);
  });

  describe('without room', () => {
    const bounds = { maxQueuedMessages: 3, expected: [{ topic: 'orders.placed', queue: 'stock' }] };

    test('refuses, as long as that lasts', async () => {
      const publisher = await shop(bounds);
      const ids = await publish(publisher, 3);
      await expect(publish(publisher)).rejects.toMatchObject({ code: 'SKERRY_BROKER_FULL', retryable: true });
      await expect(publish(publisher)).rejects.toMatchObject({ details: { messages: 3, maxQueuedMessages: 3 } });
      expect(told('inbox-full')).toEqual([expect.objectContaining({ policy: 'reject', messages: 3 })]);
      await start(stock);
      await until(() => expect(by('stock')).toEqual(ids));
      const [later] = await publish(publisher);
      await until(() => expect(by('stock')).toContain(later));
    });

    test('lets publishing wait, until there is room or its time is over', async () => {
      const publisher = await shop({ ...bounds, whenFull: 'block' });
      await publish(publisher, 3);
      const refused = rejection(publisher.get(Broker).publish('orders.placed', {}, { timeoutMs: 1_000 }));
      await clock.advance(1_000);
      expect(await refused).toMatchObject({ code: 'SKERRY_BROKER_UNAVAILABLE' });
      const waiting = publisher.get(Broker).publish('orders.placed', {}, { messageId: 'late' });
      await clock.advance(1_000);
      expect(told('inbox-full')).toHaveLength(1);
      await start(stock);
      await until(() => expect(by('stock')).toHaveLength(4));
      await waiting;
      expect(by('stock')).toContain('late');
    });

    test('drops the oldest, and tells it', async () => {
      const publisher = await shop({ ...bounds, whenFull: 'dropOldest' });
      const ids = await publish(publisher, 5);
      const dropped = { type: 'inbox-dropped', queue: 'stock.orders.placed', messages: 1, why: 'full' };
      expect(told('inbox-dropped')).toEqual([dropped, dropped]);
      await start(stock);
      await until(() => expect(by('stock')).toEqual(ids.slice(2)));
    });

    test('refuses what would never fit, in every policy', async () => {
      for (const whenFull of ['reject', 'block', 'dropOldest'] as const) {
        const publisher = await shop({ ...bounds, whenFull });
        const entries = Array.from({ length: 4 }, () => ({ message: {} }));
        const error = await rejection(publisher.get(Broker).publishBatch('orders.placed', entries));
        expect(error).toMatchObject({ code: 'SKERRY_BROKER_FULL', retryable: false });
      }
      expect(told('inbox-dropped')).toEqual([]);
    });

    test('counts bytes as well', async () => {
      const publisher = await shop({ ...bounds, maxQueuedMessages: 100, maxQueuedBytes: 5_000 });
      const large = { text: 'x'.repeat(3_000) };
      await publisher.get(Broker).publish('orders.placed', large);
      await expect(publisher.get(Broker).publish('orders.placed', large)).rejects.toMatchObject({
        code: 'SKERRY_BROKER_FULL',
      });
    });
  });

  test('keeps messages for a queue that has no node yet, and tells when it gives them up', async () => {
    const engine = new MemoryStoreEngine(clock);
    const publisher = await shop({ expected: [{ topic: 'orders.placed', queue: 'stock' }], expireMs: 60_000 }, engine);
    const lost = await publish(publisher, 2);
    await clock.advance(90_000);
    const given = { type: 'inbox-dropped', queue: 'stock.orders.placed', messages: 2, why: 'expired' };
    expect(told('inbox-dropped')).toEqual([given]);
    const kept = await publish(publisher, 2);
    await clock.advance(30_000);
    await start(stock);
    await until(() => expect(by('stock')).toEqual(kept));
    expect(lost).toHaveLength(2);
    // Nothing of what is over stays in the store.
    const left = engine.list({ prefix: 'applications/Root/inbox/', limit: 100 }).entries.map(({ key }) => key);
    expect(left.filter((key) => !key.includes('/known/'))).toEqual([]);
  });

  test('takes messages for queues that it knows while the registry does not answer', async () => {
    const engine = new MemoryStoreEngine(clock);
    const publisher = await shop({}, engine);
    const consumer = await start(audit);
    const first = await publish(publisher);
    await until(() => expect(by('audit')).toEqual(first));
    await stopped(publisher, clock);
    const successor = await shop({}, engine);
    world.registry.freeze();
    const publishing = publish(successor);
    await clock.advance(1_500);
    const second = await publishing;
    world.registry.resume();
    await until(() => expect(by('audit')).toEqual([...first, ...second]), 500);
    expect(consumer.state).toBe('running');
  });

  test('writes down what was handled as soon as the store lets it, and does not deliver it again', async () => {
    const engine = new MemoryStoreEngine(clock);
    const publisher = await shop({}, engine);
    await start(audit);
    behaviour['audit'] = () => engine.stop();
    const ids = await publish(publisher);
    await until(() => expect(told('inbox-failing')).toHaveLength(1));
    await clock.advance(5_000);
    engine.resume();
    await until(() => expect(told('inbox-recovered')).toHaveLength(1), 200);
    await clock.advance(60_000);
    expect(by('audit')).toEqual(ids);
  });

  test('a broadcast goes with its instance', async () => {
    const engine = new MemoryStoreEngine(clock);
    const publisher = await shop({}, engine);
    const instance = await start(stock);
    let begun = 0;
    behaviour['everywhere'] = () => {
      begun++;
      return clock.sleep(1_000);
    };
    await publish(publisher, 30);
    await until(() => expect(begun).toBeGreaterThan(0));
    await stopped(instance, clock);
    await clock.advance(1_000);
    const left = engine.list({ prefix: 'applications/Root/inbox/entries/', limit: 100 }).entries.map(({ key }) => key);
    expect(left.filter((key) => key.includes('~'))).toEqual([]);
  });

  test('what does not fit into a call is a dead letter, not an endless try', async () => {
    const publisher = await shop();
    const small = await start(audit, undefined, { maxMessageBytes: 2_000 });
    await publisher.get(Broker).publish('orders.placed', { text: 'x'.repeat(4_000) });
    await until(() => undefined);
    const letters = await publisher.get(Broker).deadLetters('audit.orders.-all-');
    expect(letters.map(({ failure }) => failure.code)).toEqual(['SKERRY_TRANSPORT_FRAME_TOO_LARGE']);
    expect(small.state).toBe('running');
  });

  test('a subscriber whose own store is away keeps what it is brought, and no attempt is used up', async () => {
    @Service('ledger')
    class Ledger {
      @Subscribe('orders.placed', { queue: 'ledger', attempts: 2, dedupe: true })
      async enter(delivery: Delivery): Promise<void> {
        await handle('ledger', delivery);
      }
    }
    const engine = new MemoryStoreEngine(clock);
    await start(root([Ledger]), engine);
    const from = await shop();
    engine.stop();
    const ids = await publish(from, 3);
    await until(() => expect(told('dedupe-failing')).toHaveLength(1));
    await clock.advance(600_000);
    expect(handled).toEqual([]);
    engine.resume();
    await until(() => expect(by('ledger').sort()).toEqual(ids), 1_000);
    expect(handled.map(({ attempt }) => attempt)).toEqual([1, 1, 1]);
    expect(told('dedupe-recovered')).toHaveLength(1);
    expect([...told('delivery-failed'), ...told('dead-lettered')]).toEqual([]);
  });
});
