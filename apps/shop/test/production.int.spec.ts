import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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

  test('npm run shop tells the same story', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'skerry-shop-'));
    const start = fileURLToPath(new URL('../dist/start/start.js', import.meta.url));
    const shop = await startProcess(process.execPath, [start], {
      env: {
        NODE_OPTIONS: undefined,
        NO_COLOR: '1',
        SHOP_DATA: join(folder, 'data'),
        SHOP_PROFILE: 'production',
        RABBITMQ_URL: rabbitMq.url,
        CONSUL_HTTP_ADDR: consul.url,
      },
    });
    await shop.waitForLine(/Ctrl-C stops/, 60_000);
    expect(shop.output).toContain('production: RabbitMQ, Consul, LMDB');
    for (const end of ['paid', 'out-of-stock', 'declined']) expect(shop.output).toContain(`the order is ${end}`);
    expect(shop.output).toMatch(/^ {2}lamp {4}18 left {3}2 reserved$/m);
    expect(shop.output).toContain(`export SHOP_PROFILE=production SHOP_DATA=${join(folder, 'data')} SKERRY_APP=`);
    shop.kill('SIGINT');
    expect(await shop.exited).toEqual({ code: 0, signal: null });
    await rm(folder, { recursive: true, force: true });
  }, 90_000);
});
