import { Broker, Module, Service, Subscribe, type Client } from '@skerry/core';
import { TestApp, TestNetwork } from '@skerry/testing';
import { orderPlaced, paymentDeclined, stockRejected, stockReleased, stockReserved } from '@shop/contracts';
import { AppModule } from './app.module.js';
import { CATALOGUE } from './catalogue.js';
import type { Stock } from './stock.service.js';

/** What stock tells has to reach somebody: it is published as mandatory. */
@Service('others')
class Others {
  @Subscribe(stockReserved, { queue: 'payments' })
  async onReserved(): Promise<void> {}

  @Subscribe(stockRejected, { queue: 'orders' })
  async onRejected(): Promise<void> {}

  @Subscribe(stockReleased, { queue: 'orders' })
  async onReleased(): Promise<void> {}
}

@Module({ providers: [Others] })
class OtherServices {}

const lamp = { sku: 'lamp', priceCents: 10_00, left: 3 };
const order = { orderId: 'o1', customer: 'ada', sku: 'lamp', pieces: 2, totalCents: 20_00 };

let network: TestNetwork;
let app: TestApp;
let stock: Client<Stock>;

beforeEach(async () => {
  network = new TestNetwork();
  await TestApp.create(OtherServices, { network }).start();
  app = await TestApp.create(AppModule, { network }).override(CATALOGUE).useValue([lamp]).start();
  stock = app.client<Stock>('stock');
});

afterEach(() => network.close());

async function shelves(): Promise<object[]> {
  const all: object[] = [];
  for await (const shelf of stock.shelves()) all.push(shelf);
  return all;
}

test('stock.availability answers with what is left, and refuses what the shop does not sell', async () => {
  await expect(stock.availability({ sku: 'lamp' })).resolves.toEqual(lamp);
  await expect(stock.availability({ sku: 'yacht' })).rejects.toMatchObject({ code: 'SHOP_NO_SUCH_ARTICLE' });
});

test('orders.placed reserves what there is, and the customer is the key', async () => {
  const spy = app.spy(stockReserved);
  await app.get(Broker).publish(orderPlaced, order);
  await expect(spy.published.next()).resolves.toMatchObject({
    message: { orderId: 'o1', customer: 'ada', totalCents: 20_00 },
    key: 'ada',
  });
  expect(await shelves()).toEqual([{ ...lamp, left: 1, reserved: 2 }]);
});

test('orders.placed for more than there is ends the order', async () => {
  const spy = app.spy(stockRejected);
  await app.get(Broker).publish(orderPlaced, { ...order, pieces: 4 });
  const { message } = await spy.published.next();
  expect(message).toEqual({ orderId: 'o1', reason: 'not enough of lamp' });
  expect(await shelves()).toEqual([{ ...lamp, reserved: 0 }]);
});

test('payments.declined puts back what was reserved', async () => {
  const [reserved, released] = [app.spy(stockReserved), app.spy(stockReleased)];
  await app.get(Broker).publish(orderPlaced, order);
  await reserved.published.next();
  await app.get(Broker).publish(paymentDeclined, { orderId: 'o1', reason: 'no money' });
  const { message } = await released.published.next();
  expect(message).toEqual({ orderId: 'o1', reason: 'no money' });
  expect(await shelves()).toEqual([{ ...lamp, reserved: 0 }]);
});
