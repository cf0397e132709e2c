import { Broker, type Client } from '@skerry/core';
import { eventually } from '@skerry-private/test-kit';
import { ManualClock, TestApp, TestNetwork } from '@skerry/testing';
import { orderPlaced, Orders, OrdersModule, Prices, PricesModule, Shelf, StockModule } from './orders.js';

describe('events', () => {
  let clock: ManualClock;
  let network: TestNetwork;
  let orders: TestApp;
  let client: Client<Orders>;
  /** What the shelf was asked for, and what it answers. */
  let taken: string[];
  let answer: (sku: string) => 'taken' | 'sold out' | 'counting';

  async function startStock(): Promise<TestApp> {
    const take = async (sku: string, pieces: number): Promise<'taken' | 'sold out' | 'counting'> => {
      taken.push(`${sku} ${pieces}`);
      return answer(sku);
    };
    return TestApp.create(StockModule, { network }).override(Shelf).useValue({ take }).start();
  }

  async function until(check: () => void): Promise<void> {
    await eventually(async () => {
      await clock.advance(10);
      check();
    });
  }

  beforeEach(async () => {
    [taken, answer] = [[], () => 'taken'];
    clock = new ManualClock();
    network = new TestNetwork(clock);
    orders = await TestApp.create(OrdersModule, { network }).start();
    client = orders.client<Orders>('orders');
  });

  afterEach(async () => {
    const closing = network.close();
    await clock.advance(60_000);
    await closing;
  });

  test('go to one instance of a queue, and to every instance without one', async () => {
    await Promise.all([startStock(), startStock()]);
    const prices = await Promise.all([1, 2].map(() => TestApp.create(PricesModule, { network }).start()));
    for (const id of ['1', '2', '3']) await client.place({ id, sku: 'chair', pieces: 1 });
    await until(() => expect(taken).toHaveLength(3));
    await until(() => {
      for (const app of prices) expect(app.get(Prices).seen).toEqual(['chair', 'chair', 'chair']);
    });
  });

  test('that are published twice under one id are handled once', async () => {
    await startStock();
    for (let time = 0; time < 2; time++) await client.place({ id: '1', sku: 'chair', pieces: 1 });
    await client.place({ id: '2', sku: 'table', pieces: 1 });
    await until(() => expect(taken).toEqual(['chair 1', 'table 1']));
  });

  test('that will never be handled are kept aside, with the reason', async () => {
    await startStock();
    answer = () => 'sold out';
    await client.place({ id: '1', sku: 'chair', pieces: 1 });
    const broker = orders.get(Broker);
    await eventually(async () => {
      await clock.advance(10);
      expect(await broker.deadLetters('stock.orders.placed')).toHaveLength(1);
    });
    const [letter] = await broker.deadLetters('stock.orders.placed');
    expect(letter!.failure).toMatchObject({ code: 'SKERRY_BROKER_REJECTED', message: 'chair is sold out', attempt: 1 });
    answer = () => 'taken';
    await broker.takeDeadLetter('stock.orders.placed', letter!.id, 'retry');
    await until(() => expect(taken).toHaveLength(2));
  });

  test('can be put off, and those of the same key wait behind them', async () => {
    await startStock();
    answer = (sku) => (sku === 'chair' && taken.length === 1 ? 'counting' : 'taken');
    await client.place({ id: '1', sku: 'chair', pieces: 1 });
    await until(() => expect(taken).toEqual(['chair 1']));
    await client.place({ id: '2', sku: 'chair', pieces: 2 });
    await client.place({ id: '3', sku: 'table', pieces: 3 });
    await until(() => expect(taken).toEqual(['chair 1', 'table 3']));
    await clock.advance(31_000);
    await until(() => expect(taken).toEqual(['chair 1', 'table 3', 'chair 1', 'chair 2']));
  });

  test('that break the rules of their topic are refused to their publisher', async () => {
    const broker = orders.get(Broker);
    await expect(broker.publish(orderPlaced, { id: '1', sku: 'chair', pieces: 0 })).rejects.toMatchObject({
      code: 'SKERRY_VALIDATION_FAILED',
    });
  });
});
