import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  eventually,
  findRabbitMq,
  processStarter,
  rabbitMqStarter,
  type RabbitMqServer,
  type RunningProcess,
} from '@skerry-private/test-kit';

const bin = fileURLToPath(new URL('../../../packages/cli/bin/skerry.js', import.meta.url));
const module = fileURLToPath(new URL('../dist/programs/cli/rabbitmq.module.js', import.meta.url));
const queue = 'stock.orders.placed';
const sbin = await findRabbitMq();

(sbin ? describe : describe.skip)('the command and an application that share a RabbitMQ', () => {
  const startProcess = processStarter(afterEach);
  const startRabbitMq = rabbitMqStarter(afterAll, sbin);
  let server: RabbitMqServer;
  let directory: string;

  beforeAll(async () => {
    server = await startRabbitMq();
    directory = await mkdtemp(join(tmpdir(), 'skerry-e2e-'));
    await mkdir(join(directory, 'registry'), { mode: 0o700 });
  }, 90_000);

  afterAll(() => rm(directory, { recursive: true, force: true }));

  function skerry(...args: string[]): Promise<RunningProcess> {
    return startProcess(process.execPath, [bin, ...args], {
      env: {
        NODE_OPTIONS: undefined,
        FORCE_COLOR: undefined,
        SKERRY_APP: module,
        SKERRY_LOCAL_REGISTRY_DIR: join(directory, 'registry'),
        RABBITMQ_URL: server.url,
      },
    });
  }

  /** Runs a command to its end. */
  async function told(...args: string[]): Promise<{ code: number | null; output: string }> {
    const running = await skerry(...args);
    const { code } = await running.exited;
    return { code, output: running.output };
  }

  test('publishes, subscribes, and shows, puts back and drops what could not be handled', async () => {
    const stock = await skerry('run', module);
    await stock.waitForLine(/is serving stock/);
    const capabilities = await told('broker', 'capabilities');
    expect(capabilities.output).toMatch(/ rabbitmq\*/);
    expect(capabilities.output).not.toContain('stock was created');

    const watching = await skerry('subscribe', 'orders.#', '--count', '1');
    await eventually(
      async () => {
        await told('publish', 'orders.placed', '{"id":"A1"}', '--key', 'A1', '--header', 'source=e2e', '--mandatory');
        expect(watching.output).not.toBe('');
      },
      { withinMs: 10_000 },
    );
    await stock.waitForLine('reserved A1');
    expect(await watching.exited).toEqual({ code: 0, signal: null });
    expect(JSON.parse(watching.output)).toMatchObject({
      ...{ topic: 'orders.placed', key: 'A1', headers: { source: 'e2e' }, message: { id: 'A1' } },
    });

    for (const id of ['bad1', 'bad2', 'bad3']) await told('publish', 'orders.placed', JSON.stringify({ id }));
    const letters = await eventually(
      async () => {
        const found = JSON.parse((await told('dlq', 'show', queue, '--json')).output) as { id: string }[];
        expect(found).toHaveLength(3);
        return found;
      },
      { withinMs: 10_000 },
    );
    expect((await told('dlq', 'list')).output).toMatch(/^stock\.orders\.placed +3$/m);
    stock.kill('SIGTERM');
    expect(await stock.exited).toEqual({ code: 0, signal: null });

    const shown = await told('dlq', 'show', queue, letters[0]!.id);
    expect(shown.output).toMatch(/^SKERRY_BROKER_REJECTED {2}there is no bad1$/m);
    expect(shown.output).toContain('{"id":"bad1"}');
    expect(await told('dlq', 'drop', queue, letters[0]!.id)).toEqual({ code: 0, output: '1 dead letter was deleted.' });
    expect(await told('dlq', 'retry', queue, '--all')).toEqual({ code: 0, output: '2 dead letters were put back.' });
    // Each takes one, though the server would have handed over more.
    for (const id of ['bad2', 'bad3']) {
      const share = await told('subscribe', 'orders.placed', '--queue', 'stock', '--count', '1');
      expect(share.output).toContain(`"message":{"id":"${id}"}`);
      expect(share.code).toBe(0);
    }
    expect((await told('dlq', 'list', '--json')).output).toBe('[]');
  }, 90_000);

  test('says what is wrong while the server is away', async () => {
    await server.kill();
    const publishing = await told('publish', 'orders.placed', '1');
    expect(publishing.output).toMatch(/^SKERRY_BROKER_UNAVAILABLE {2}cannot publish to orders\.placed/);
    expect(publishing.code).toBe(1);
    const watching = await skerry('subscribe', 'orders.placed');
    await watching.waitForLine(/^SKERRY_BROKER_UNAVAILABLE/);
    watching.kill('SIGINT');
    expect(await watching.exited).toEqual({ code: 130, signal: null });
  }, 60_000);
});
