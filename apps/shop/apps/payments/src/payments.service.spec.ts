import { Broker, Module, Service, Subscribe, type Client } from '@skerry/core';
import { TestApp, TestNetwork } from '@skerry/testing';
import { paymentDeclined, paymentTaken, stockReserved, type Payment } from '@shop/contracts';
import { AppModule } from './app.module.js';
import { OPENING_BALANCES } from './opening-balances.js';
import type { Payments } from './payments.service.js';

/** What payments tells has to reach somebody: it is published as mandatory. */
@Service('others')
class Others {
  @Subscribe(paymentTaken, { queue: 'orders' })
  async onTaken(): Promise<void> {}

  @Subscribe(paymentDeclined, { queue: 'stock' })
  async onDeclined(): Promise<void> {}
}

@Module({ providers: [Others] })
class OtherServices {}

const balances = [{ customer: 'ada', balanceCents: 50_00 }];

let network: TestNetwork;
let app: TestApp;
let payments: Client<Payments>;

beforeEach(async () => {
  network = new TestNetwork();
  await TestApp.create(OtherServices, { network }).start();
  app = await TestApp.create(AppModule, { network }).override(OPENING_BALANCES).useValue(balances).start();
  payments = app.client<Payments>('payments');
});

afterEach(() => network.close());

async function list(): Promise<Payment[]> {
  const all: Payment[] = [];
  for await (const payment of payments.list()) all.push(payment);
  return all;
}

test('payments.account answers with the balance, and refuses who has no account', async () => {
  await expect(payments.account({ customer: 'ada' })).resolves.toEqual(balances[0]);
  await expect(payments.account({ customer: 'eve' })).rejects.toMatchObject({ code: 'SHOP_NO_SUCH_CUSTOMER' });
});

test('stock.reserved takes the money, once for each order', async () => {
  const spy = app.spy(paymentTaken);
  for (const messageId of ['first', 'resent']) {
    await app.get(Broker).publish(stockReserved, { orderId: 'o1', customer: 'ada', totalCents: 20_00 }, { messageId });
    const { message } = await spy.published.next();
    expect(message).toEqual({ orderId: 'o1', totalCents: 20_00 });
  }
  await expect(payments.account({ customer: 'ada' })).resolves.toMatchObject({ balanceCents: 30_00 });
  expect(await list()).toEqual([{ orderId: 'o1', customer: 'ada', totalCents: 20_00, status: 'taken' }]);
});

test.each([
  ['ada', 60_00, 'ada has not enough money'],
  ['eve', 1, 'eve has no account'],
])('stock.reserved for %s, who cannot pay %d, is declined', async (customer, totalCents, reason) => {
  const spy = app.spy(paymentDeclined);
  await app.get(Broker).publish(stockReserved, { orderId: 'o1', customer, totalCents });
  const { message } = await spy.published.next();
  expect(message).toEqual({ orderId: 'o1', reason });
  await expect(payments.account({ customer: 'ada' })).resolves.toMatchObject({ balanceCents: 50_00 });
});
