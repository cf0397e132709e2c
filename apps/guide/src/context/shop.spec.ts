import { Context, type Client } from '@skerry/core';
import { ManualClock, TestApp, TestNetwork } from '@skerry/testing';
import { Mailing, OrdersModule, PaymentsModule, type Orders, type Payments } from './shop.js';

const order = { orderId: 'A1', cents: 1 };

describe('the context of a call', () => {
  let clock: ManualClock;
  let network: TestNetwork;
  let payments: TestApp;
  let orders: Client<Orders>;

  beforeEach(async () => {
    clock = new ManualClock();
    network = new TestNetwork(clock);
    payments = await TestApp.create(PaymentsModule, { network }).start();
    orders = (await TestApp.create(OrdersModule, { network }).start()).client<Orders>('orders');
  });

  afterEach(() => network.close());

  const charges = (): Readonly<Record<string, unknown>>[] =>
    payments.logs.filter(({ message }) => message === 'charging').map(({ fields }) => fields);

  async function charged(call: Promise<unknown>): Promise<Readonly<Record<string, unknown>>> {
    await clock.advance(100);
    await call;
    return charges().at(-1)!;
  }

  test('gives a call inside of a call no more time than is left', async () => {
    const placing = orders.place({ orderId: 'A1', cents: 5_000 }, { timeoutMs: 300 });
    const failed = expect(placing).rejects.toMatchObject({ code: 'SKERRY_RPC_DEADLINE_EXCEEDED' });
    await clock.advance(300);
    await failed;
    expect(charges()[0]!['remainingMs']).toBeLessThanOrEqual(300);
  });

  test('gives it what it asks for where that is less, and five seconds where nobody says anything', async () => {
    const { remainingMs } = await charged(orders.place(order));
    expect(remainingMs).toBeLessThanOrEqual(2_000);
    expect(remainingMs).toBeGreaterThan(1_900);
    const direct = await charged(payments.client<Payments>('payments').charge({ ...order, orderId: 'A2' }));
    expect(direct['remainingMs']).toBeLessThanOrEqual(5_000);
    expect(direct['remainingMs']).toBeGreaterThan(4_900);
  });

  test('carries baggage and the trace on, and metadata to the first service only', async () => {
    const context = new Context(clock, { deadline: clock.now() + 5_000 });
    const options = { baggage: { user: 'ada' }, metadata: { tenant: 'north' } };
    const fields = await charged(context.run(() => orders.place(order, options)));
    expect(fields).toMatchObject({ user: 'ada', tenant: undefined, attempt: 1, traceId: context.traceId });
    context.finish();
  });

  test('carries the key of the work, so that work that is sent again is done once', async () => {
    await charged(orders.place(order));
    await charged(orders.place(order));
    expect(charges()).toHaveLength(1);
    // Of the same order, under no key: that is other work.
    await charged(payments.client<Payments>('payments').charge(order));
    expect(charges()).toHaveLength(2);
  });

  test('stops what a handler waits for when its caller leaves', async () => {
    const leaving = new AbortController();
    const placing = orders.place({ orderId: 'A1', cents: 4_000 }, { signal: leaving.signal });
    const failed = expect(placing).rejects.toMatchObject({ code: 'SKERRY_RPC_CANCELLED' });
    await clock.advance(10);
    leaving.abort();
    await failed;
    await clock.advance(5_000);
    // The payment that was given up left no receipt: the next one begins anew.
    await charged(orders.place(order));
    expect(charges()).toHaveLength(2);
  });

  test('ends with the call, and what goes on has one of its own', async () => {
    const mailing = payments.get(Mailing);
    await payments.client<Mailing>('mailing').order(order);
    expect(mailing.sent).toBe(0);
    await clock.advance(10_000);
    expect(mailing.sent).toBe(1);
  });
});
