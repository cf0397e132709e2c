import { openHandles } from '@skerry-private/test-kit';
import type { Delivery } from '@skerry/core';
import { FleetFolder } from '../fixtures/fleet-folder.js';
import { MemoryTerminal } from '../fixtures/memory-terminal.js';
import { runProgram } from '../program.js';

let folder: FleetFolder;
beforeAll(async () => (folder = await FleetFolder.create()));
afterAll(() => folder.close());
afterEach(() => {
  folder.capabilities = {};
});

async function publish(
  terminal: MemoryTerminal,
  ...args: string[]
): Promise<MemoryTerminal & { exitCode: number | undefined }> {
  return Object.assign(terminal, { exitCode: await runProgram(['publish', ...args], terminal) });
}

/** What a subscriber of the topic gets meanwhile. */
async function received(
  topic: string,
  work: () => Promise<unknown>,
): Promise<{ message: unknown; delivery: Delivery }[]> {
  const broker = folder.broker();
  const found: { message: unknown; delivery: Delivery }[] = [];
  const plan = { topic, queue: 'spec', broadcast: true, attempts: 1, backoff: undefined, deadLetter: false };
  const subscription = broker.subscription(
    { ...plan, concurrency: 1, prefetch: 10, ordered: false, from: 'now', dedupe: undefined },
    async (delivery) => {
      found.push({ message: JSON.parse(Buffer.from(delivery.message.body).toString('utf8')), delivery });
    },
  );
  await subscription.start();
  await work();
  await broker.stop(5_000);
  await broker.close();
  return found;
}

test('reaches subscribers with its key, headers and id', async () => {
  const given = ['orders.placed', '{"id":"A1"}', '--key', 'A1', '--header', 'source=manual', '--header', 'note=a=b'];
  const terminal = folder.terminal();
  const [got] = await received('orders.placed', () => publish(terminal, ...given, '--id', 'm1'));
  expect(got).toMatchObject({
    message: { id: 'A1' },
    delivery: { id: 'm1', key: 'A1', headers: { source: 'manual', note: 'a=b' } },
  });
  expect(terminal.stdout.text).toBe('{"topic":"orders.placed","id":"m1","engine":"shared","unrouted":false}\n');
  expect(terminal.stderr.text).toBe('');
});

test('tells people what it did', async () => {
  const people = folder.terminal({ isTTY: true });
  await received('orders.placed', () => publish(people, 'orders.placed', '1', '--delay', '60000'));
  expect(people.stdout.text).toMatch(
    /^published orders\.placed {2}[0-9a-f]{32} {2}with the shared broker, to be delivered in 60000 ms\n$/,
  );
});

test('is read from standard input, or null', async () => {
  const [piped] = await received('a.b', () => publish(folder.terminal({ stdin: '[1]\n' }), 'a.b', '-'));
  const [absent] = await received('a.b', () => publish(folder.terminal(), 'a.b'));
  expect([piped?.message, absent?.message]).toEqual([[1], null]);
});

test('several are published one after the other, each with an id of its own', async () => {
  const terminal = folder.terminal({ stdin: '{"n":1}\n{"n":2}\n' });
  const got = await received('a.b', () => publish(terminal, 'a.b', '-'));
  expect(got.map(({ message }) => message)).toEqual([{ n: 1 }, { n: 2 }]);
  expect(new Set(terminal.stdout.lines.map((line) => (JSON.parse(line) as { id: string }).id)).size).toBe(2);
  const one = await publish(folder.terminal({ stdin: '1\n2\n' }), 'a.b', '-', '--id', 'm1');
  expect([one.exitCode, one.stderr.lines[0]]).toEqual([
    2,
    'SKERRY_CLI_USAGE  skerry publish: --id is for one message.',
  ]);
});

test('many are measured, taken in turn', async () => {
  const terminal = folder.terminal({ stdin: '{"n":1}\n{"n":2}\n' });
  const got = await received('a.b', () =>
    publish(terminal, 'a.b', '-', '--repeat', '10', '--concurrency', '2', '--json'),
  );
  expect(got.filter(({ message }) => (message as { n: number }).n === 1)).toHaveLength(5);
  expect(got).toHaveLength(10);
  expect(JSON.parse(terminal.stdout.text)).toMatchObject({ name: 'a.b', unit: 'messages', succeeded: 10, failed: 0 });
});

test('that nobody takes is told, and with --mandatory an error', async () => {
  const told = await publish(folder.terminal(), 'nobody.cares', '1');
  expect(told.exitCode).toBe(0);
  expect(told.stdout.text).toContain('"unrouted":true');
  expect(told.stderr.text).toContain('nobody has subscribed to this topic');
  const refused = await publish(folder.terminal(), 'nobody.cares', '1', '--mandatory');
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr.text).toMatch(/^SKERRY_BROKER_UNROUTED {2}/);
});

test('that may be lost with the command is told so', async () => {
  folder.capabilities = { durable: 'none' };
  const { stderr, exitCode } = await publish(folder.terminal(), 'a.b', '1');
  expect(stderr.text).toContain('what was not delivered by now is lost');
  expect(exitCode).toBe(0);
});

test('with what the engine cannot do is refused', async () => {
  folder.capabilities = { maxDelayMs: 0 };
  const refused = await publish(folder.terminal(), 'a.b', '1', '--delay', '1000');
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr.text).toMatch(/^SKERRY_BROKER_UNSUPPORTED {2}.*maxDelayMs.*skerry broker capabilities/);
});

test.each([
  [['a.b', '{id:1}'], /the message is not JSON: .*single quotes\.\n {2}fix {2}write it like skerry publish/],
  [['a.b', '1', '--header', 'source'], /Write it as name=value: --header source=manual\.\n/],
  [['a.b', '1', '--delay', 'soon'], /'soon' is invalid\. Give milliseconds/],
])('%j is a usage error that says what to write', async (args, told) => {
  const { stderr, exitCode } = await publish(folder.terminal(), ...args);
  expect(stderr.text).toMatch(/^SKERRY_CLI_USAGE {2}/);
  expect(stderr.text).toMatch(told);
  expect(exitCode).toBe(2);
});

test.each([
  ['publish', 'a.b', '1'],
  ['subscribe', 'a.b'],
  ['dlq', 'list'],
  ['dlq', 'show', 'stock.a.b'],
  ['dlq', 'retry', 'stock.a.b', '--all'],
  ['dlq', 'drop', 'stock.a.b', '1'],
])('without an application, skerry %s %s says how to name one', async (...args) => {
  const terminal = folder.terminal({ env: { SKERRY_APP: '' } });
  expect(await runProgram(args, terminal)).toBe(2);
  expect(terminal.stderr.lines).toEqual([
    expect.stringMatching(/^SKERRY_CLI_USAGE {2}skerry \w+.*: which broker\? .* which has no messages\.$/),
    '  fix  name an application of the fleet, whose broker is then used: --app dist/app.module.js, or SKERRY_APP=dist/app.module.js',
  ]);
});

test('with an application whose messages stay in its process, says what to bind', async () => {
  const { stderr, exitCode } = await publish(folder.terminal(), 'a.b', '1', '--app', 'app.module.js#LonelyModule');
  expect(exitCode).toBe(2);
  expect(stderr.text).toMatch(/LonelyModule uses the memory broker.*\n {2}fix {2}bind its broker .*RabbitMqModule/);
});

test('leaves nothing open', async () => {
  const before = openHandles();
  await publish(folder.terminal(), 'a.b', '1');
  await before.nothingMore();
});
