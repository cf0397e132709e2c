import { IsDate, IsString } from 'class-validator';
import { Type } from 'class-transformer';
import { Broker, Handler, Inject, Module, Reject, Service, Subscribe, Topic } from '@skerry/core';
import { ManualClock, TestApp, TestNetwork } from '../index.js';

class Placed {
  @IsString()
  id!: string;

  @Type(() => Date)
  @IsDate()
  at!: Date;
}
const placed = new Topic('orders.placed', Placed);
const at = new Date('2026-01-02T03:04:05Z');

@Service('orders')
class Orders {
  constructor(@Inject(Broker) private readonly broker: Broker) {}

  @Handler({ request: String })
  async place(id: string): Promise<void> {
    await this.broker.publish(placed, { id, at }, { key: id, headers: { source: 'test' }, messageId: `m-${id}` });
  }
}

@Service('stock')
class Stock {
  @Subscribe(placed, { queue: 'stock', attempts: 3 })
  async reserve({ id }: Placed): Promise<void> {
    if (id === 'bad') throw new Reject('sold out');
    if (id === 'flaky') throw new Error('not today');
  }
}

@Module({ providers: [Orders, Stock] })
class ShopModule {}

test('sees what is published, as a subscriber reads it, with its envelope', async () => {
  const app = await TestApp.create(ShopModule).start();
  await app.client(Orders).place('A1');
  const spy = app.spy(placed);
  await app.client(Orders).place('A2');
  expect(await spy.next()).toEqual({
    message: { id: 'A2', at },
    topic: 'orders.placed',
    id: 'm-A2',
    key: 'A2',
    headers: { source: 'test' },
  });
  // What was published before the spy is in the history.
  expect(app.published(placed).map(({ message }) => message.id)).toEqual(['A1', 'A2']);
  await app.close();
});

test('gives each message once, and waits for those to come', async () => {
  const app = await TestApp.create(ShopModule).start();
  const spy = app.spy(placed);
  const two = Promise.all([spy.next(), spy.next()]);
  const fitting = spy.waitFor(({ id }) => id === 'A2');
  await app.client(Orders).place('A1');
  await app.client(Orders).place('A2');
  expect((await two).map(({ message }) => message.id)).toEqual(['A1', 'A2']);
  expect((await fitting).id).toBe('m-A2');
  await app.close();
});

test('tells when nothing comes, and what came instead', async () => {
  const app = await TestApp.create(ShopModule).start();
  const spy = app.spy('orders.cancelled');
  await app.client(Orders).place('A1');
  await expect(spy.next({ withinMs: 30 })).rejects.toMatchObject({
    code: 'SKERRY_TEST_TIMEOUT',
    message: expect.stringMatching(
      /no message of orders\.cancelled was published within 30 ms.*published orders\.placed/s,
    ),
  });
  await app.close();
});

test('follows a message to where it is handled, tried again, and given up, in virtual time', async () => {
  const app = await TestApp.create(ShopModule, { network: new TestNetwork(new ManualClock()) }).start();
  const spy = app.spy(placed);
  const orders = app.client(Orders);
  await orders.place('good');
  await expect(spy.handled.next()).resolves.toMatchObject({
    message: { id: 'good' },
    queue: 'stock.orders.placed',
    attempt: 1,
  });
  await orders.place('bad');
  await expect(spy.deadLettered.next()).resolves.toMatchObject({ failure: { code: 'SKERRY_BROKER_REJECTED' } });
  await orders.place('flaky');
  const given = await spy.deadLettered.waitFor(({ id }) => id === 'flaky', { withinMs: 60_000 });
  expect(given).toMatchObject({ attempt: 3, failure: { code: 'SKERRY_RPC_INTERNAL' } });
  expect(spy.retried.all.map(({ attempt }) => attempt)).toEqual([1, 2]);
  expect(spy.received.all).toHaveLength(5);
  await app.close();
});
