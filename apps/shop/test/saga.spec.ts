import { Broker, type Client } from '@skerry/core';
import { eventually } from '@skerry-private/test-kit';
import { TestApp, TestNetwork } from '@skerry/testing';
import { orderPlaced, paymentTaken, stockReserved, type Order, type OrderStatus, type Shelf } from '@shop/contracts';
import type { Orders } from '@shop/orders';
import type { Payments } from '@shop/payments';
import type { Stock } from '@shop/stock';
import { AppModule as OrdersApp } from '../apps/orders/src/app.module.js';
import { OrderBook } from '../apps/orders/src/order-book.js';
import { AppModule as PaymentsApp } from '../apps/payments/src/app.module.js';
import { Ledger } from '../apps/payments/src/ledger.js';
import { OPENING_BALANCES } from '../apps/payments/src/opening-balances.js';
import { AppModule as StockApp } from '../apps/stock/src/app.module.js';
import { CATALOGUE } from '../apps/stock/src/catalogue.js';

const catalogue: Shelf[] = [
  { sku: 'lamp', priceCents: 10_00, left: 5 },
  { sku: 'chair', priceCents: 50_00, left: 2 },
];
const balances = [
  { customer: 'ada', balanceCents: 100_00 },
  { customer: 'bob', balanceCents: 15_00 },
];

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe('the saga of an order, with all three services in one process', () => {
  let network: TestNetwork;
  let apps: { orders: TestApp; stock?: TestApp; payments?: TestApp };
  let orders: Client<Orders>;
  let stock: Client<Stock>;
  let payments: Client<Payments>;

  const startStock = (): Promise<TestApp> =>
    TestApp.create(StockApp, { network }).override(CATALOGUE).useValue(catalogue).start();
  const startPayments = (): Promise<TestApp> =>
    TestApp.create(PaymentsApp, { network }).override(OPENING_BALANCES).useValue(balances).start();

  const order = (orderId: string, customer: string, sku: string, pieces = 1): Promise<Order> =>
    orders.place({ orderId, customer, sku, pieces });

  function expectEnd(orderId: string, status: OrderStatus): Promise<void> {
    return eventually(async () => expect(await orders.get({ orderId })).toMatchObject({ status }));
  }

  async function left(sku: string): Promise<{ left: number; reserved: number }> {
    const shelf = (await all(stock.shelves())).find((each) => each.sku === sku)!;
    return { left: shelf.left, reserved: shelf.reserved };
  }

  beforeEach(async () => {
    network = new TestNetwork();
    apps = { orders: await TestApp.create(OrdersApp, { network }).start() };
    orders = apps.orders.client<Orders>('orders');
    stock = apps.orders.client<Stock>('stock');
    payments = apps.orders.client<Payments>('payments');
  });

  afterEach(() => network.close());

  describe('when all run', () => {
    beforeEach(async () => {
      apps.stock = await startStock();
      apps.payments = await startPayments();
    });

    test('an order is reserved, charged and paid', async () => {
      await expect(order('o1', 'ada', 'lamp', 2)).resolves.toMatchObject({ status: 'placed', totalCents: 20_00 });
      await expectEnd('o1', 'paid');
      expect(await left('lamp')).toEqual({ left: 3, reserved: 2 });
      expect(await payments.account({ customer: 'ada' })).toMatchObject({ balanceCents: 80_00 });
    });

    test('one that asks for more than there is ends without a payment', async () => {
      await order('o1', 'ada', 'chair', 3);
      await expectEnd('o1', 'out-of-stock');
      expect(await orders.get({ orderId: 'o1' })).toMatchObject({ reason: 'not enough of chair' });
      expect(await left('chair')).toEqual({ left: 2, reserved: 0 });
      expect(await all(payments.list())).toEqual([]);
    });

    test('one that cannot be paid gives back what was reserved, before it ends', async () => {
      await order('o1', 'bob', 'chair');
      await expectEnd('o1', 'declined');
      expect(await left('chair')).toEqual({ left: 2, reserved: 0 });
      expect(await payments.account({ customer: 'bob' })).toMatchObject({ balanceCents: 15_00 });
      expect(await orders.get({ orderId: 'o1' })).toMatchObject({ reason: 'bob has not enough money' });
    });

    test('whoever orders the last piece first gets it', async () => {
      for (const id of ['o1', 'o2', 'o3']) await order(id, 'ada', 'chair');
      await expectEnd('o1', 'paid');
      await expectEnd('o2', 'paid');
      await expectEnd('o3', 'out-of-stock');
    });

    test('the same order twice is one, and another one under its id is refused', async () => {
      await order('o1', 'ada', 'lamp');
      await order('o1', 'ada', 'lamp');
      await expectEnd('o1', 'paid');
      await expect(order('o1', 'ada', 'lamp', 2)).rejects.toMatchObject({ code: 'SHOP_ORDER_EXISTS' });
      expect(await left('lamp')).toEqual({ left: 4, reserved: 1 });
    });

    test('what the shop does not sell is refused at once', async () => {
      await expect(order('o1', 'ada', 'yacht')).rejects.toMatchObject({
        ...{ code: 'SHOP_NO_SUCH_ARTICLE', status: 'NOT_FOUND', origin: { service: 'stock' } },
      });
      expect(await all(orders.list())).toEqual([]);
    });

    test('each state of an order is told until its last', async () => {
      await order('o1', 'ada', 'lamp');
      const following = all(orders.follow({ orderId: 'o1' }, { timeoutMs: 30_000 }));
      await expectEnd('o1', 'paid');
      expect((await following).map(({ status }) => status)).toEqual(['placed', 'paid']);
      expect(await all(orders.follow({ orderId: 'o1' }))).toHaveLength(1);
    });

    test('events that come twice have their effect once, whether or not they are known to be the same', async () => {
      await order('o1', 'ada', 'lamp');
      await expectEnd('o1', 'paid');
      const broker = apps.orders.get(Broker);
      const again = { orderId: 'o1', customer: 'ada', sku: 'lamp', pieces: 1, totalCents: 10_00 };
      for (const messageId of ['o1', 'o1-resent']) {
        await broker.publish(orderPlaced, again, { messageId });
        await broker.publish(stockReserved, again, { messageId: `${messageId}/reserved` });
        await broker.publish(paymentTaken, again, { messageId: `${messageId}/taken` });
      }
      const stats = (app: TestApp, queue: string) =>
        app.get(Broker).subscriptions.find((each) => each.plan.queue === queue)!.stats;
      // One of the two is known by its id; the other finds what was decided.
      await eventually(() => {
        expect(stats(apps.stock!, 'stock.orders.placed')).toMatchObject({ handled: 2, duplicates: 1 });
        expect(stats(apps.payments!, 'payments.stock.reserved').duplicates).toBeGreaterThanOrEqual(2);
        expect(stats(apps.orders, 'orders.payments.taken').handled).toBeGreaterThanOrEqual(3);
      });
      expect(await left('lamp')).toEqual({ left: 4, reserved: 1 });
      expect(await payments.account({ customer: 'ada' })).toMatchObject({ balanceCents: 90_00 });
    });

    test('a message that nobody can understand is kept aside, and holds up nobody', async () => {
      const broker = apps.orders.get(Broker);
      await broker.publish('orders.placed', { orderId: 'no sku' }, { key: 'lamp' });
      const unknown = { orderId: 'o7', customer: 'ada', sku: 'yacht', pieces: 1, totalCents: 1 };
      await broker.publish(orderPlaced, unknown, { key: 'lamp' });
      await order('o1', 'ada', 'lamp');
      await expectEnd('o1', 'paid');
      const letters = await broker.deadLetters('stock.orders.placed');
      expect(letters.map(({ failure }) => failure.code)).toEqual([
        'SKERRY_VALIDATION_FAILED',
        'SKERRY_BROKER_REJECTED',
      ]);
    });

    test('many orders at once leave the books right', async () => {
      const ids = Array.from({ length: 12 }, (_, n) => `o${n}`);
      const placing = ids.map((id, n) => order(id, n % 3 === 0 ? 'bob' : 'ada', n % 4 === 0 ? 'chair' : 'lamp'));
      await eventually(() => Promise.all(placing));
      const ended = await eventually(async () => {
        const book = await all(orders.list());
        expect(book.filter(({ status }) => status === 'placed')).toEqual([]);
        return book;
      });
      expect(ended).toHaveLength(12);
      for (const { sku, left: initial } of catalogue) {
        const now = await left(sku);
        expect(now.left + now.reserved).toBe(initial);
        expect(now.reserved).toBe(ended.filter((each) => each.sku === sku && each.status === 'paid').length);
      }
      for (const { customer, balanceCents } of balances) {
        const paid = ended.filter((each) => each.customer === customer && each.status === 'paid');
        const spent = paid.reduce((sum, { totalCents }) => sum + totalCents, 0);
        expect(await payments.account({ customer })).toMatchObject({ balanceCents: balanceCents - spent });
      }
    });
  });

  test('an order that could not be published waits, and is published later', async () => {
    apps.stock = await startStock();
    network.broker.stop();
    const placing = order('o1', 'ada', 'lamp');
    await eventually(() => placing);
    expect(await all(apps.orders.get(OrderBook).waiting())).toMatchObject([{ orderId: 'o1' }]);
    network.broker.resume();
    await startPayments();
    await expectEnd('o1', 'paid');
    expect(await all(apps.orders.get(OrderBook).waiting())).toEqual([]);
  });

  test('a payment that fails for a while is tried again, and taken once', async () => {
    apps.stock = await startStock();
    apps.payments = await startPayments();
    const ledger = apps.payments.get(Ledger);
    const charge = ledger.charge.bind(ledger);
    const charged: string[] = [];
    // Fails once before it charged, and once after.
    ledger.charge = async (orderId, ...rest) => {
      charged.push(orderId);
      if (charged.length === 1) throw new Error('the bank is away');
      const payment = await charge(orderId, ...rest);
      if (charged.length === 2) throw new Error('the answer of the bank was lost');
      return payment;
    };
    await order('o1', 'ada', 'lamp');
    await expectEnd('o1', 'paid');
    expect(charged).toEqual(['o1', 'o1', 'o1']);
    expect(await payments.account({ customer: 'ada' })).toMatchObject({ balanceCents: 90_00 });
  });

  test('a service that starts for the first time only later is waited for', async () => {
    apps.stock = await startStock();
    await order('o1', 'ada', 'lamp');
    await eventually(async () => expect(await left('lamp')).toEqual({ left: 4, reserved: 1 }));
    apps.payments = await startPayments();
    await expectEnd('o1', 'paid');
  });
});
