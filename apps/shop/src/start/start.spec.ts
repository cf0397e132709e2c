import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, processStarter, type RunningProcess } from '@skerry-private/test-kit';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

describe('npm run shop', () => {
  const startProcess = processStarter(afterEach);
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skerry-shop-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function run(program: string, args: string[] = [], env: Record<string, string> = {}): Promise<RunningProcess> {
    return startProcess(process.execPath, [program, ...args], {
      cwd: root,
      env: {
        NODE_OPTIONS: undefined,
        NO_COLOR: '1',
        SHOP_DATA: join(folder, 'data'),
        SKERRY_LOCAL_REGISTRY_DIR: join(folder, 'registry'),
        SKERRY_APP: 'apps/shop/apps/orders/dist/app.module.js',
        ...env,
      },
    });
  }

  async function skerry(...args: string[]): Promise<string> {
    const command = await run('node_modules/.bin/skerry', args);
    await command.exited;
    return command.output;
  }

  test('tells three orders with three ends, then the commands that it shows work', async () => {
    const shop = await run('apps/shop/dist/start/start.js');
    await shop.waitForLine(/Ctrl-C stops/, 40_000);
    for (const line of [
      /^ {2}stock {4}│ reserved 2 × lamp \(ada-/m,
      /^ {2}payments │ took 49\.00 from ada \(ada-/m,
      /^ {2}orders {3}│ the order is paid \(ada-/m,
      /^ {2}orders {3}│ the order is out-of-stock \(ada-/m,
      /^ {2}payments │ declined 4900\.00: bob has not enough money \(bob-/m,
      /^ {2}stock {4}│ released 1 × piano \(bob-/m,
      /^ {2}orders {3}│ the order is declined \(bob-/m,
      /^ {2}lamp {4}18 left {3}2 reserved$/m,
      /^ {2}piano {3}1 left {4}0 reserved$/m,
      /^ {2}ada {3}951\.00$/m,
    ]) {
      expect(shop.output).toMatch(line);
    }

    // As they are shown, for whoever copies them.
    const shown = (part: string): string => new RegExp(`npx skerry ${part} '(.*)'`).exec(shop.output)![1]!;
    expect(await skerry('call', 'orders.place', shown('call orders.place'))).toContain('"status":"placed"');
    expect(await skerry('call', 'orders.follow', shown('call orders.follow'))).toContain('"status":"paid"');
    await skerry('publish', 'orders.placed', shown('publish orders.placed'));
    await shop.waitForLine(/is among the dead letters/, 20_000);
    expect(await skerry('dlq', 'list')).toMatch(/^stock\.orders\.placed +1$/m);

    const [, pid] = /kill -9 (\d+)/.exec(shop.output)!;
    process.kill(Number(pid), 'SIGKILL');
    await shop.waitForLine(/stock.*was ended by SIGKILL; it is started again/);
    const again = '{"orderId":"again","customer":"ada","sku":"lamp","pieces":1}';
    expect(await skerry('call', 'orders.place', again, '--timeout', '20000')).toContain('"status":"placed"');
    await shop.waitForLine('the order is paid (again)', 30_000);

    const second = await run('apps/shop/dist/start/start.js');
    expect(await second.exited).toEqual({ code: 1, signal: null });
    expect(second.output).toContain(`A shop is open already, by process ${shop.pid}`);

    shop.kill('SIGINT');
    expect(await shop.exited).toEqual({ code: 0, signal: null });
    for (const name of ['orders', 'stock', 'payments']) {
      expect(shop.output).toMatch(new RegExp(`^ {2}${name} +│ AppModule has stopped`, 'm'));
    }
  }, 120_000);

  test('what an earlier run knew is kept where that is asked for', async () => {
    for (const [args, orders, lamps] of [
      [[], 3, '18 left   2 reserved'],
      [['--keep'], 6, '16 left   4 reserved'],
    ] as const) {
      const shop = await run('apps/shop/dist/start/start.js', [...args]);
      await shop.waitForLine(/Ctrl-C stops/, 40_000);
      expect(shop.output.match(/^ {2}(ada|bob)-\S+ +\d/gm)).toHaveLength(orders);
      expect(shop.output).toContain(lamps);
      shop.kill('SIGTERM');
      expect(await shop.exited).toEqual({ code: 0, signal: null });
    }
  }, 120_000);

  test('a profile that there is not is told with those that there are', async () => {
    const shop = await run('apps/shop/dist/start/start.js', [], { SHOP_PROFILE: 'prodution' });
    expect(await shop.exited).toEqual({ code: 1, signal: null });
    expect(shop.output).toContain(
      "The shop cannot run as SHOP_PROFILE='prodution': it can be embedded or production; did you mean production?",
    );
    const service = await run('apps/shop/apps/stock/dist/main.js', [], { SHOP_PROFILE: 'prodution' });
    expect(await service.exited).toEqual({ code: 1, signal: null });
    expect(service.output).toContain('did you mean production?');
  }, 30_000);

  test('servers that do not answer are named, with how to start them, and without their passwords', async () => {
    const [rabbitMq, consul] = [await freePort(), await freePort()];
    const shop = await run('apps/shop/dist/start/start.js', [], {
      SHOP_PROFILE: 'production',
      RABBITMQ_URL: `amqp://shop:hunter2@127.0.0.1:${rabbitMq}`,
      CONSUL_HTTP_ADDR: `127.0.0.1:${consul}`,
    });
    expect(await shop.exited).toEqual({ code: 1, signal: null });
    expect(shop.output).toContain(`RabbitMQ does not answer at 127.0.0.1:${rabbitMq}. Start one:`);
    expect(shop.output).toContain('or name another in RABBITMQ_URL.');
    expect(shop.output).toContain(`Consul does not answer at 127.0.0.1:${consul}. Start one:`);
    expect(shop.output).not.toContain('hunter2');
  }, 30_000);
});
