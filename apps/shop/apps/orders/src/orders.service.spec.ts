import { Broker, clientToken, Module, Service, Subscribe, type Client } from '@skerry/core';
import { TestApp, TestNetwork } from '@skerry/testing';
import { orderPlaced, paymentTaken, stockRejected, stockReleased, type Order } from '@shop/contracts';
import type { Stock } from '@shop/stock';
import { AppModule } from './app.module.js';
import type { Orders } from './orders.service.js';

/** An order that is placed has to reach somebody: it is published as mandatory. */
@Service('others')
class Others {
  @Subscribe(orderPlaced, { queue: 'stock' })
  async onPlaced(): Promise<void> {}
}

@Module({ providers: [Others] })
class OtherServices {}

const wish = { orderId: 'o1', customer: 'ada', sku: 'lamp', pieces: 2 };

let network: TestNetwork;
let app: TestApp;
let orders: Client<Orders>;

beforeEach(async () => {
  network = new TestNetwork();
  await TestApp.create(OtherServices, { network }).start();
  app = await TestApp.create(AppModule, { network })
    .override(clientToken<Client<Stock>>('stock'))
    .useValue({ availability: async ({ sku }) => ({ sku, priceCents: 10_00, left: 5 }) })
    .start();
  orders = app.client<Orders>('orders');
});

afterEach(() => network.close());

async function list(): Promise<Order[]> {
  const all: Order[] = [];
  for await (const order of orders.list()) all.push(order);
  return all;
}

test('orders.place answers with the price of today, and tells it with the article as key', async () => {
  const spy = app.spy(orderPlaced);
  const placed = { ...wish, totalCents: 20_00 };
  await expect(orders.place(wish)).resolves.toEqual({ ...placed, status: 'placed' });
  await expect(spy.published.next()).resolves.toMatchObject({ message: placed, key: 'lamp', id: 'o1' });
  expect(await list()).toEqual([{ ...placed, status: 'placed' }]);
});

test('orders.place refuses another order under the same id', async () => {
  await orders.place(wish);
  await expect(orders.place({ ...wish, pieces: 3 })).rejects.toMatchObject({ code: 'SHOP_ORDER_EXISTS' });
});

test('orders.get knows no order that nobody has placed', async () => {
  await expect(orders.get({ orderId: 'o1' })).rejects.toMatchObject({ code: 'SHOP_NO_SUCH_ORDER' });
});

test.each([
  ['payments.taken', 'paid', (broker: Broker) => broker.publish(paymentTaken, { orderId: 'o1', totalCents: 20_00 })],
  ['stock.rejected', 'out-of-stock', (broker: Broker) => broker.publish(stockRejected, { orderId: 'o1', reason: 'r' })],
  ['stock.released', 'declined', (broker: Broker) => broker.publish(stockReleased, { orderId: 'o1', reason: 'r' })],
])('%s ends an order as %s, which follow tells', async (_topic, end, tell) => {
  await orders.place(wish);
  const told: string[] = [];
  for await (const { status } of orders.follow({ orderId: 'o1' })) {
    told.push(status);
    if (status === 'placed') await tell(app.get(Broker));
  }
  expect(told).toEqual(['placed', end]);
});
