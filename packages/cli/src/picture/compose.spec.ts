import * as core from '@skerry/core';
import {
  BROKER_DRIVER,
  Handler,
  Injectable,
  InjectClient,
  InjectLazy,
  MemoryBrokerDriver,
  MemoryBrokerEngine,
  Module,
  Service,
  Skerry,
  Store,
  Subscribe,
  SystemClock,
  Topic,
  type Class,
  type Client,
  type Lazy,
  type NodeRecord,
} from '@skerry/core';
import { IsString } from 'class-validator';
import { hello } from '../fixtures/greeter.js';
import { compose, type Running } from './compose.js';
import type { Portrait } from './portrait.js';

class OrderPlaced {
  @IsString() id!: string;
}
const orderPlaced = new Topic('orders.placed', OrderPlaced, { description: 'An order was accepted.' });

@Injectable()
class OrderBook {
  constructor(readonly store: Store) {}
}

@Injectable()
class Mailer {}

@Service('orders', { version: '1.2.0', publishes: [orderPlaced] })
class Orders {
  constructor(
    readonly book: OrderBook,
    @InjectLazy(Mailer) readonly mailer: Lazy<Mailer>,
    @InjectClient('stock') readonly stock: Client<Stock>,
    @InjectClient('payments') readonly payments: Client<object>,
  ) {}

  @Handler({ readOnly: true })
  async list(): Promise<void> {
    // Nothing to list.
  }
}

@Service('stock')
class Stock {
  @Subscribe('orders.#', { queue: 'reserve' })
  async reserve(_event: OrderPlaced): Promise<void> {
    // Nothing to reserve.
  }
}

@Module({
  global: true,
  providers: [{ provide: BROKER_DRIVER, useValue: new MemoryBrokerDriver(new MemoryBrokerEngine(new SystemClock())) }],
  exports: [BROKER_DRIVER],
})
class QueueModule {}

@Module({ imports: [QueueModule], providers: [Mailer, OrderBook, Orders] })
class OrdersApp {}

@Module({ providers: [Stock] })
class StockApp {}

async function portrait(roots: readonly Class[], running?: Running): Promise<Portrait> {
  const loaded = await Promise.all(
    roots.map(async (root) => ({ name: root.name, app: await Skerry.create(root, { env: {} }), core, shown: '' })),
  );
  return compose(loaded, core, running);
}

/** `from kind to` of all arrows of these kinds. */
function arrows({ arrows: all }: Portrait, ...kinds: string[]): string[] {
  return all.filter(({ kind }) => kinds.includes(kind)).map(({ from, kind, to }) => `${from} ${kind} ${to}`);
}

function facts({ cards }: Portrait, id: string): Record<string, string> {
  const all = cards.flatMap((card) => [card, ...card.rows]);
  return Object.fromEntries(all.find((each) => each.id === id)!.facts.map(({ label, text }) => [label, text]));
}

test('one application: modules with their providers, services first, and who needs before what is needed', async () => {
  const picture = await portrait([OrdersApp]);
  const [root, queue, skerry] = picture.cards;
  expect(root).toMatchObject({ kind: 'module', name: 'OrdersApp', note: 'root' });
  expect(root!.rows.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    'service Orders',
    'handler list()',
    'class OrderBook',
    'class Mailer',
  ]);
  expect(queue).toMatchObject({ name: 'QueueModule', note: 'global', aside: true });
  expect(skerry!.rows.find(({ name }) => name === 'Broker')).toMatchObject({ note: 'QueueModule' });
  expect(skerry!.rows.find(({ name }) => name === 'Registry')).toMatchObject({ note: 'files of this machine' });
  expect(arrows(picture, 'needs', 'lazy', 'block', 'imports')).toEqual([
    'module OrdersApp imports module QueueModule',
    'OrdersApp.Orders needs OrdersApp.OrderBook',
    'OrdersApp.Orders lazy OrdersApp.Mailer',
    'OrdersApp.OrderBook block skerry/Store',
  ]);
  expect(facts(picture, 'OrdersApp.OrderBook')).toMatchObject({
    ...{ token: 'OrderBook', scope: 'singleton', 'seen by': 'its module alone' },
    declared: expect.stringMatching(/^packages\/cli\/src\/picture\/compose\.spec\.ts:\d+$/),
  });
  expect(facts(picture, 'OrdersApp.Orders')).toMatchObject({ service: 'orders 1.2.0' });
});

test('several applications: calls and topics between them, and what is in none of them', async () => {
  const picture = await portrait([OrdersApp, StockApp]);
  expect(picture.applications).toEqual(['OrdersApp', 'StockApp']);
  expect(arrows(picture, 'calls', 'publishes', 'delivers')).toEqual([
    '1 OrdersApp.Orders calls 2 StockApp.Stock',
    '1 OrdersApp.Orders calls service payments',
    '1 OrdersApp.Orders publishes topic orders.placed',
    'topic orders.# delivers 2 StockApp.Stock/subscription reserve orders.#',
    'topic orders.placed delivers topic orders.#',
  ]);
  expect(picture.cards.find(({ id }) => id === 'service payments')).toMatchObject({
    kind: 'service',
    note: 'elsewhere',
  });
  expect(facts(picture, 'topic orders.placed')).toMatchObject({
    about: 'An order was accepted.',
    message: expect.stringContaining('"id"'),
  });
  expect(facts(picture, '2 StockApp.Stock/subscription reserve orders.#')).toMatchObject({
    queue: 'reserve.orders.-all-',
  });
});

test('every arrow begins and ends at something, and no two things have one id', async () => {
  const { cards, arrows: all } = await portrait([OrdersApp, StockApp, OrdersApp]);
  const ids = cards.flatMap(({ id, rows }) => [id, ...rows.map((row) => row.id)]);
  expect(new Set(ids).size).toBe(ids.length);
  expect(all.flatMap(({ from, to }) => [from, to]).filter((id) => !ids.includes(id))).toEqual([]);
});

test('what is running stands beside the services, and by itself where no application has it', async () => {
  const node = (service: string): NodeRecord => ({
    ...{ service, id: `${service}-1`, version: '2.0.0', addresses: { skerry: 'tcp://127.0.0.1:4101' } },
    ...{ weight: 100, metadata: {}, endpoints: [hello], ttlMs: 1, epoch: 1 },
  });
  const running = new Map([
    ['stock', [node('stock'), node('stock')]],
    ['greeter', [node('greeter')]],
    ['skerry.inbox/orders.placed', [node('skerry.inbox/orders.placed')]],
  ]);
  const picture = await portrait([OrdersApp, StockApp], running);
  const rows = picture.cards.flatMap((card) => card.rows);
  expect(rows.find(({ name }) => name === 'Stock')).toMatchObject({ note: "'stock' · 2 nodes" });
  expect(rows.find(({ name }) => name === 'Orders')).toMatchObject({ note: "'orders' · not running" });
  expect(facts(picture, 'service greeter')).toMatchObject({
    versions: '2.0.0',
    node: 'greeter-1\ntcp://127.0.0.1:4101',
  });
  expect(picture.cards.find(({ id }) => id === 'service greeter')!.rows.map(({ name }) => name)).toEqual(['hello()']);
  expect(picture.cards.filter(({ kind }) => kind === 'service').map(({ name }) => name)).toEqual([
    'payments',
    'greeter',
  ]);
  expect((await portrait([], running)).title).toBe('Running services');
});
