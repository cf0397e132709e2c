import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectTrace, ManualClock, TestApp, TestNetwork } from '@skerry/testing';
import { orderPlaced, Orders, OrdersModule, Payments, Prices, Shelf } from './orders.js';

// The same file is run by three runners, each with its own `test`.

void test('an order is charged, published and taken from the shelf', async () => {
  const app = await TestApp.create(OrdersModule).overrideClient(Payments).useDouble().doubleMissing().start();
  app.double(Prices).of.returns(250);
  app.clientDouble(Payments).charge.returns('R1');
  const spy = app.spy(orderPlaced);

  assert.equal(await app.client(Orders).place({ sku: 'A1', pieces: 2 }), 'R1');

  assert.deepEqual(app.clientDouble(Payments).charge.calls, [[500]]);
  assert.deepEqual((await spy.next()).message, { sku: 'A1', pieces: 2 });
  await app.eventually(() => assert.equal(app.get(Shelf).taken, 2));
  await expectTrace(app).toBe(`
    orders.place ok
    ├─ payments.charge ok, a double
    └─ orders.placed → orders.take ok
  `);
  await app.close();
});

void test('an order that is wrong is refused', async () => {
  const app = await TestApp.create(OrdersModule).overrideClient(Payments).useDouble().doubleMissing().start();
  await assert.rejects(app.client(Orders).place({ sku: 'A1', pieces: 0 }), { code: 'SKERRY_VALIDATION_FAILED' });
  assert.deepEqual(app.published(orderPlaced), []);
  await app.close();
});

void test('time is the test’s own', async () => {
  const network = new TestNetwork(new ManualClock());
  const app = await TestApp.create(OrdersModule, { network })
    .overrideClient(Payments)
    .useValue({ charge: () => network.clock.sleep(3_000).then(() => 'late') })
    .double(Prices, { of: () => 100 })
    .start();
  const placed = app.client(Orders).place({ sku: 'A1', pieces: 1 });
  assert.equal(await app.eventually(() => placed), 'late');
  await network.close();
});
