import { Module } from '@skerry/core';
import { expectTrace, ManualClock, TestApp, TestNetwork } from '@skerry/testing';
import {
  Mailer,
  MailModule,
  orderPlaced,
  Orders,
  OrdersModule,
  Payments,
  PaymentsModule,
  StaffOnly,
  Warehouse,
  WarehouseModule,
} from './shop.js';

// #region fake-module
@Module({ providers: [{ provide: Warehouse, useValue: { reserve: async () => true } }], exports: [Warehouse] })
class FullWarehouseModule {}
// #endregion fake-module

const open = { allows: () => true };

describe('testing', () => {
  // #region overrides
  test('an order is placed', async () => {
    const app = await TestApp.create(OrdersModule)
      .overrideModule(WarehouseModule)
      .useModule(FullWarehouseModule)
      .override(StaffOnly)
      .useValue({ allows: () => true })
      .overrideClient(Payments)
      .useValue({ charge: async ({ cents }) => ({ id: `R-${cents}` }) })
      .start();
    await expect(app.client(Orders).place({ sku: 'A1', pieces: 2 })).resolves.toBe('R-500');
    await app.close();
  });
  // #endregion overrides

  test('a guard that is left stands in the way', async () => {
    const app = await TestApp.create(OrdersModule).overrideClient(Payments).useDouble().double(Warehouse).start();
    await expect(app.client(Orders).place({ sku: 'A1', pieces: 2 })).rejects.toMatchObject({
      code: 'SKERRY_RPC_DENIED',
    });
    await app.close();
  });

  // #region doubles
  test('an order that cannot be paid is not announced', async () => {
    const app = await TestApp.create(OrdersModule)
      .override(StaffOnly)
      .useValue({ allows: () => true })
      .double(Warehouse)
      .overrideClient(Payments)
      .useDouble()
      .start();
    app.double(Warehouse).reserve.resolves(true);
    app.clientDouble(Payments).charge.rejects(new Error('declined'));

    await expect(app.client(Orders).place({ sku: 'A1', pieces: 2 })).rejects.toThrow();

    expect(app.double(Warehouse).reserve.calls).toEqual([['A1', 2]]);
    expect(app.clientDouble(Payments).charge.calls).toEqual([[{ cents: 500 }]]);
    expect(app.published(orderPlaced)).toEqual([]);
    await app.close();
  });
  // #endregion doubles

  // #region spies
  test('a confirmation that fails is sent again', async () => {
    const network = new TestNetwork(new ManualClock());
    const orders = await TestApp.create(OrdersModule, { network })
      .override(StaffOnly)
      .useValue(open)
      .double(Warehouse, { reserve: async () => true })
      .overrideClient(Payments)
      .useValue({ charge: async () => ({ id: 'R1' }) })
      .start();
    const mail = await TestApp.create(MailModule, { network }).doubleMissing().start();
    const spy = mail.spy(orderPlaced);
    mail.double(Mailer).send.rejects(new Error('the mail server sleeps'));

    await orders.client(Orders).place({ sku: 'A1', pieces: 2 });

    await spy.retried.next();
    mail.double(Mailer).send.resolves(undefined);
    const { message, attempt } = await spy.handled.next({ withinMs: 60_000 });
    expect({ message, attempt }).toEqual({ message: { sku: 'A1', pieces: 2 }, attempt: 2 });
    await network.close();
  });
  // #endregion spies

  // #region trace
  test('an order is charged, and confirmed by mail', async () => {
    const network = new TestNetwork();
    await TestApp.create(PaymentsModule, { network }).start();
    await TestApp.create(MailModule, { network }).doubleMissing().start();
    const app = await TestApp.create(OrdersModule, { network })
      .override(StaffOnly)
      .useValue(open)
      .double(Warehouse, { reserve: async () => true })
      .start();

    await app.client(Orders).place({ sku: 'A1', pieces: 2 });

    await expectTrace(network).toBe(`
      orders.place ok
      ├─ payments.charge ok
      └─ orders.placed → mail.confirm ok
    `);
    await network.close();
  });
  // #endregion trace

  test('a trace is data, of what ran in it', async () => {
    const network = new TestNetwork();
    const app = await TestApp.create(PaymentsModule, { network }).start();
    // #region own-trace
    const trace = app.trace();
    await trace.run(async () => {
      await app.client(Payments).charge({ cents: 100 });
      await app.client(Payments).charge({ cents: 200 });
    });
    expect(trace.calls).toEqual([
      { call: 'payments.charge', from: 'payments', attempt: 1, outcome: 'ok', calls: [] },
      { call: 'payments.charge', from: 'payments', attempt: 1, outcome: 'ok', calls: [] },
    ]);
    // #endregion own-trace
    await network.close();
  });

  test('time', async () => {
    // #region time
    const clock = new ManualClock();
    const app = await TestApp.create(OrdersModule, { network: new TestNetwork(clock) })
      .override(StaffOnly)
      .useValue(open)
      .double(Warehouse, { reserve: async () => true })
      .overrideClient(Payments)
      .useValue({
        async charge() {
          await clock.sleep(60_000);
          return { id: 'too late' };
        },
      })
      .start();
    const placed = app.client(Orders).place({ sku: 'A1', pieces: 1 });
    // Waits for what has not come yet, and moves the time meanwhile: the default deadline of 5 s is over at once.
    await expect(app.eventually(() => placed, { withinMs: 10_000 })).rejects.toMatchObject({
      cause: { code: 'SKERRY_RPC_DEADLINE_EXCEEDED' },
    });
    // #endregion time
    await app.close();
  });
});
