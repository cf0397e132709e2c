import { ConsulModule } from '@skerry/consul';
import {
  consulStarter,
  eventually,
  findConsul,
  findRabbitMq,
  processStarter,
  rabbitMqStarter,
  type ConsulAgent,
  type RabbitMqServer,
} from '@skerry-private/test-kit';
import { allEnded, expectBooksRight, OpenShop, thirtyOrders } from './fixtures/open-shop.js';

const sbin = await findRabbitMq();
const binary = await findConsul();

(sbin && binary ? describe : describe.skip)('the shop on RabbitMQ and Consul', () => {
  const startProcess = processStarter(afterEach);
  const startRabbitMq = rabbitMqStarter(afterAll, sbin);
  const startConsul = consulStarter(afterAll, binary);
  let rabbitMq: RabbitMqServer;
  let consul: ConsulAgent;

  beforeAll(async () => {
    [rabbitMq, consul] = await Promise.all([startRabbitMq(), startConsul()]);
  }, 90_000);

  test('loses nothing and does nothing twice when stock and then payments are killed in the middle', async () => {
    const shop = await OpenShop.open(
      startProcess,
      { SHOP_PROFILE: 'production', RABBITMQ_URL: rabbitMq.url, CONSUL_HTTP_ADDR: consul.url },
      [ConsulModule.forRoot({ url: consul.url })],
    );
    const journal = shop.running.get('orders')!;
    const placed = Promise.all(thirtyOrders.map((order) => shop.orders.place(order, { timeoutMs: 60_000 })));
    placed.catch(() => undefined);
    await shop.running.get('stock')!.waitForLine('"orderId":"o5"', 30_000);
    await shop.kill('stock');
    await shop.start('stock');
    await shop.kill('payments');
    const ended = journal.output.match(/the order is/g)?.length ?? 0;
    expect(ended).toBeLessThan(thirtyOrders.length);
    await shop.start('payments');
    await placed;
    await eventually(() => allEnded(shop), { withinMs: 60_000, everyMs: 200 });
    await expectBooksRight(shop);
    expect(await shop.close()).toEqual([0, 0, 0]);
  }, 150_000);
});
