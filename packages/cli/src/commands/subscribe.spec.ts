import { eventually, openHandles } from '@skerry-private/test-kit';
import {
  BROKER_DRIVER,
  MemoryBrokerEngine,
  Module,
  Service,
  Skerry,
  Subscribe,
  SystemClock,
  type Application,
  type Broker,
} from '@skerry/core';
import { FleetFolder } from '../fixtures/fleet-folder.js';
import type { MemoryTerminal } from '../fixtures/memory-terminal.js';
import { runProgram } from '../program.js';

@Service('stock')
class Stock {
  readonly reserved: unknown[] = [];

  @Subscribe('orders.placed', { queue: 'stock', concurrency: 1, message: Object })
  async reserve(order: object): Promise<void> {
    this.reserved.push(order);
  }
}

let folder: FleetFolder;
let publisher: Broker;
beforeAll(async () => (folder = await FleetFolder.create()));
afterAll(() => folder.close());
beforeEach(() => {
  folder.engine = new MemoryBrokerEngine(new SystemClock());
  folder.capabilities = {};
  folder.alter = () => undefined;
  publisher = folder.broker();
});
afterEach(() => publisher.close());

function subscribe(terminal: MemoryTerminal, ...args: string[]): Promise<number | undefined> {
  return runProgram(['subscribe', ...args], terminal);
}

/** Starts it, and comes back when it would miss nothing. */
async function subscribing(
  terminal: MemoryTerminal,
  ...args: string[]
): Promise<{ exitCode: Promise<number | undefined> }> {
  const queues = folder.engine.queues.size;
  const exitCode = subscribe(terminal, ...args);
  await eventually(() => expect(folder.engine.queues.size).toBe(queues + 1));
  return { exitCode };
}

async function startStock(): Promise<Application> {
  @Module({ providers: [Stock, { provide: BROKER_DRIVER, useFactory: () => folder.driver() }] })
  class StockModule {}
  const app = await Skerry.create(StockModule, {
    logLevel: 'silent',
    drainDelayMs: 0,
    env: { SKERRY_LOCAL_REGISTRY_DIR: folder.registry },
  });
  await app.start();
  return app;
}

describe('each message', () => {
  test('is one line of JSON when it is piped, until there were enough', async () => {
    const piped = folder.terminal();
    const { exitCode } = await subscribing(piped, 'orders.placed', '--count', '2');
    await publisher.publish('orders.placed', { id: 'A1' }, { key: 'A1', headers: { source: 'test' }, messageId: 'm1' });
    await publisher.publish('orders.placed', { id: 'A2' }, { messageId: 'm2' });
    expect(await exitCode).toBe(0);
    expect(piped.stdout.lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        ...{ topic: 'orders.placed', id: 'm1', key: 'A1', headers: { source: 'test' } },
        ...{ publishedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/), message: { id: 'A1' } },
      },
      { topic: 'orders.placed', id: 'm2', publishedAt: expect.any(String), message: { id: 'A2' } },
    ]);
    expect(piped.stderr.text).toBe('');
  });

  test('has its time, key and headers for people, who are told what happens', async () => {
    const people = folder.terminal({ isTTY: true });
    const { exitCode } = await subscribing(people, 'orders.#', '--count', '1');
    await publisher.publish('orders.eu.placed', { id: '\u001b[2J' }, { key: 'A1', headers: { source: 'test' } });
    expect(await exitCode).toBe(0);
    const [head, content] = people.stdout.lines;
    expect(head).toMatch(/^\d\d:\d\d:\d\d\.\d{3} {2}orders\.eu\.placed {2}key A1 {2}source: test$/);
    expect(content).toBe('  {"id":"\\u001b[2J"}');
    expect(people.stderr.text).toBe('listening to orders.# with the shared broker; Ctrl-C ends it\n');
  });

  test('that is in another format is shown as it came', async () => {
    const piped = folder.terminal();
    const { exitCode } = await subscribing(piped, 'raw', '--count', '1');
    const message = { topic: 'raw', headers: {}, publishedAt: 0, persistent: true, body: Buffer.from('{"a"') };
    await folder
      .driver()
      .publish([{ ...message, id: '1', contentType: 'application/json' }], new AbortController().signal);
    expect(await exitCode).toBe(0);
    const told = { contentType: 'application/json', base64: Buffer.from('{"a"').toString('base64') };
    expect(JSON.parse(piped.stdout.text)).toMatchObject({ unreadable: told });
  });

  test('is taken from nobody', async () => {
    const app = await startStock();
    const { exitCode } = await subscribing(folder.terminal(), 'orders.placed', '--count', '1');
    await publisher.publish('orders.placed', { id: 'A1' });
    expect(await exitCode).toBe(0);
    await eventually(() => expect(app.get(Stock).reserved).toEqual([{ id: 'A1' }]));
    expect([...folder.engine.queues.keys()]).toEqual(['stock.orders.placed']);
    await app.stop();
  });
});

describe('a share of a queue', () => {
  test('is that of the subscribers of the same name, and is announced', async () => {
    await (await startStock()).stop();
    const piped = folder.terminal();
    const exitCode = subscribe(piped, 'orders.placed', '--queue', 'stock', '--count', '1');
    await eventually(() => expect(piped.stderr.text).toMatch(/^taking a share of the queue stock\.orders\.placed: /));
    await publisher.publish('orders.placed', { id: 'A1' });
    expect(await exitCode).toBe(0);
    expect(piped.stdout.text).toContain('"message":{"id":"A1"}');
    expect(folder.engine.queues.get('stock.orders.placed')?.waiting).toBe(0);
  });

  test('is not one message more than was asked for', async () => {
    await (await startStock()).stop();
    for (const id of ['A1', 'A2', 'A3']) await publisher.publish('orders.placed', { id });
    const piped = folder.terminal();
    expect(await subscribe(piped, 'orders.placed', '--queue', 'stock.orders.placed', '--count', '1')).toBe(0);
    expect(piped.stdout.lines).toHaveLength(1);
    const app = await startStock();
    await eventually(() => expect(app.get(Stock).reserved).toEqual([{ id: 'A2' }, { id: 'A3' }]));
    await app.stop();
  });

  test('needs an engine that has queues', async () => {
    folder.capabilities = { queues: false };
    const piped = folder.terminal();
    expect(await subscribe(piped, 'orders.placed', '--queue', 'stock')).toBe(1);
    expect(piped.stderr.text).toMatch(/^SKERRY_BROKER_UNSUPPORTED {2}.*capability queues; skerry broker capabilities/);
  });
});

test('an engine that brings messages to who listens is not subscribed to in vain', async () => {
  folder.alter = (driver) => void Object.defineProperty(driver, 'name', { value: 'inbox', configurable: true });
  const piped = folder.terminal();
  expect(await subscribe(piped, 'orders.placed')).toBe(2);
  expect(piped.stderr.text).toMatch(
    /inbox broker of AppModule brings messages to services.*\n {2}fix {2}subscribe in a service/,
  );
});

test('Ctrl-C ends it in order', async () => {
  const people = folder.terminal({ isTTY: true });
  const { exitCode } = await subscribing(people, 'orders.placed');
  await eventually(() => expect(people.stderr.text).toContain('listening'));
  people.interrupt();
  expect(await exitCode).toBe(130);
  expect([...folder.engine.queues]).toEqual([]);
  expect(people.stderr.lines).toHaveLength(1);
});

test('a broker that fails is told, and does not end it', async () => {
  folder.engine.stop(new Error('gone for lunch'));
  const piped = folder.terminal();
  const exitCode = subscribe(piped, 'orders.placed', '--count', '1');
  await eventually(() => expect(piped.stderr.lines[0]).toMatch(/^SKERRY_BROKER_UNAVAILABLE {2}.*gone for lunch/));
  folder.engine.resume();
  await eventually(() => expect(folder.engine.queues.size).toBe(1));
  await publisher.publish('orders.placed', 1);
  expect(await exitCode).toBe(0);
});

test('Ctrl-C ends it also while the broker fails', async () => {
  folder.engine.stop();
  const piped = folder.terminal();
  const exitCode = subscribe(piped, 'orders.placed');
  await eventually(() => expect(piped.stderr.text).toContain('Ctrl-C gives up'));
  piped.interrupt();
  expect(await exitCode).toBe(130);
});

test.each([
  [['orders..placed'], /'orders\.\.placed' is neither a topic nor a pattern\.\n {2}fix {2}write words/],
  [['orders.placed', '--ordered'], /name it with --queue/],
  [['orders.placed', '--count', '0'], /'0' is invalid\. Give a whole number, 1 or more/],
])('%j is a usage error that says what to write', async (args, told) => {
  const piped = folder.terminal();
  expect(await subscribe(piped, ...args)).toBe(2);
  expect(piped.stderr.text).toMatch(/^SKERRY_CLI_USAGE {2}/);
  expect(piped.stderr.text).toMatch(told);
});

test('leaves nothing open, also with messages that it did not take', async () => {
  await (await startStock()).stop();
  for (const id of ['A1', 'A2']) await publisher.publish('orders.placed', { id });
  const before = openHandles();
  await subscribe(folder.terminal(), 'orders.placed', '--queue', 'stock', '--count', '1');
  await before.nothingMore();
});
