import { openHandles } from '@skerry-private/test-kit';
import { MemoryBrokerEngine, SystemClock } from '@skerry/core';
import { FleetFolder } from '../fixtures/fleet-folder.js';
import type { MemoryTerminal } from '../fixtures/memory-terminal.js';
import { runProgram } from '../program.js';

const queue = 'stock.orders.placed';
let folder: FleetFolder;
beforeAll(async () => (folder = await FleetFolder.create()));
afterAll(() => folder.close());
beforeEach(() => {
  folder.engine = new MemoryBrokerEngine(new SystemClock());
  folder.capabilities = {};
  folder.alter = () => undefined;
});

async function dlq(
  terminal: MemoryTerminal,
  ...args: string[]
): Promise<MemoryTerminal & { exitCode: number | undefined }> {
  return Object.assign(terminal, { exitCode: await runProgram(['dlq', ...args], terminal) });
}

function failSome(count = 2): Promise<string> {
  return folder.fail(
    'orders.placed',
    Array.from({ length: count }, (_, index) => ({ id: `A${index + 1}` })),
  );
}

async function ids(): Promise<string[]> {
  const { stdout } = await dlq(folder.terminal(), 'show', queue, '--json');
  return (JSON.parse(stdout.text) as { id: string }[]).map(({ id }) => id);
}

/** How many wait in the queue, and how many are kept aside. */
function counts(): { waiting: number; kept: number } {
  const found = folder.engine.queues.get(queue)!;
  return { waiting: found.waiting, kept: found.deadLetters.count };
}

describe('list', () => {
  test('shows the queues that have dead letters, with their number', async () => {
    await failSome();
    const { stdout, exitCode } = await dlq(folder.terminal(), 'list');
    expect(stdout.text).toBe(`QUEUE                DEAD LETTERS\n${queue}  2\n`);
    expect(exitCode).toBe(0);
    expect((await dlq(folder.terminal(), 'list', '--json')).stdout.text).toBe(`[{"queue":"${queue}","count":2}]\n`);
  });

  test('says that there are none', async () => {
    expect((await dlq(folder.terminal(), 'list')).stdout.text).toBe(
      'No queue of the shared broker has dead letters.\n',
    );
    expect((await dlq(folder.terminal(), 'list', '--json')).stdout.text).toBe('[]\n');
  });

  test('is refused where the engine keeps none', async () => {
    folder.capabilities = { deadLetter: false };
    const { stderr, exitCode } = await dlq(folder.terminal(), 'list');
    expect(stderr.text).toMatch(/^SKERRY_BROKER_UNSUPPORTED {2}/);
    expect(exitCode).toBe(1);
  });
});

describe('show', () => {
  test('tells why each failed, where, how often and how long ago', async () => {
    await failSome();
    const { stdout } = await dlq(folder.terminal(), 'show', queue);
    const [first, second] = await ids();
    const line = (id: string | undefined): RegExp =>
      new RegExp(`^${id} +\\d+ s +1 +OUT_OF_STOCK +stock +stock-1 +A1 is out of stock$`);
    expect(stdout.lines).toEqual([
      expect.stringMatching(/^ID +AGE +ATTEMPTS +CODE +SERVICE +NODE +MESSAGE$/),
      expect.stringMatching(line(first)),
      expect.stringMatching(line(second)),
    ]);
  });

  test('says where more may be', async () => {
    await failSome();
    const { stdout, stderr } = await dlq(folder.terminal(), 'show', queue, '--limit', '1');
    expect(stdout.lines).toHaveLength(2);
    expect(stderr.text).toContain('the oldest 1; there may be more: --limit 10');
  });

  test('tells all about one, with what it says', async () => {
    await failSome();
    const [, second] = await ids();
    const { stdout, exitCode } = await dlq(folder.terminal(), 'show', queue, second!);
    expect(exitCode).toBe(0);
    expect(stdout.lines[0]).toBe('OUT_OF_STOCK  A1 is out of stock');
    expect(stdout.text).toMatch(/^ {2}service +stock\n {2}node +stock-1\n {2}failed +\S+Z, \d+ s ago, attempt 1\n/m);
    expect(stdout.text).toMatch(/^ {2}key +k1\n {2}header +source: test\n/m);
    expect(stdout.lines.at(-1)).toBe('  {"id":"A2"}');
  });

  test('is JSON for programs', async () => {
    await failSome(1);
    const [id] = await ids();
    const { stdout } = await dlq(folder.terminal(), 'show', queue, id!, '--json');
    expect(JSON.parse(stdout.text)).toEqual({
      id,
      failure: {
        ...{ code: 'OUT_OF_STOCK', message: 'A1 is out of stock', service: 'stock', node: 'stock-1', attempt: 1 },
        failedAt: expect.stringMatching(/Z$/),
      },
      ...{ messageId: expect.any(String), topic: 'orders.placed', key: 'k0', headers: { source: 'test' } },
      ...{ publishedAt: expect.stringMatching(/Z$/), message: { id: 'A1' } },
    });
  });

  test('names the queue that was most likely meant', async () => {
    await failSome(1);
    const { stdout, exitCode } = await dlq(folder.terminal(), 'show', 'stock.order.placed');
    expect(stdout.text).toBe(`stock.order.placed has no dead letters. Did you mean ${queue}?\n`);
    expect(exitCode).toBe(0);
  });

  test('of one that is not there is an error', async () => {
    await failSome(1);
    const { stderr, exitCode } = await dlq(folder.terminal(), 'show', queue, 'nothing');
    expect(stderr.text).toMatch(/^SKERRY_CLI_NO_DEAD_LETTER {2}Cannot find the dead letter nothing: .*skerry dlq show/);
    expect(exitCode).toBe(1);
  });
});

describe('retry and drop', () => {
  test('take one', async () => {
    await failSome();
    const [first, second] = await ids();
    const retried = await dlq(folder.terminal(), 'retry', queue, first!);
    expect(retried.stdout.text).toBe('1 dead letter was put back.\n');
    expect(counts()).toEqual({ waiting: 1, kept: 1 });
    const dropped = await dlq(folder.terminal(), 'drop', queue, second!, '--json');
    expect(dropped.stdout.text).toBe(`{"queue":"${queue}","action":"drop","taken":1}\n`);
    expect(counts()).toEqual({ waiting: 1, kept: 0 });
    const again = await dlq(folder.terminal(), 'drop', queue, second!);
    expect(again.stderr.text).toMatch(/^SKERRY_CLI_NO_DEAD_LETTER/);
    expect(again.exitCode).toBe(1);
  });

  test.each([
    ['retry', { waiting: 3, kept: 0 }, '3 dead letters were put back.\n'],
    ['drop', { waiting: 0, kept: 0 }, '3 dead letters were deleted.\n'],
  ])('%s takes all, without asking, where nobody sits at a terminal', async (action, left, told) => {
    await failSome(3);
    const { stdout, exitCode } = await dlq(folder.terminal(), action, queue, '--all');
    expect([stdout.text, exitCode]).toEqual([told, 0]);
    expect(counts()).toEqual(left);
  });

  test.each([
    ['n\n', 1, 2],
    ['', 1, 2],
    ['yes\n', 0, 0],
  ])('%j decides about all of them at a terminal', async (stdin, exitCode, kept) => {
    await failSome();
    const people = await dlq(folder.terminal({ isTTY: true, stdin }), 'drop', queue, '--all');
    expect(people.stderr.text).toContain(`Delete all 2 dead letters of ${queue}, for good? [y/N] `);
    expect(people.exitCode).toBe(exitCode);
    expect(counts()).toEqual({ waiting: 0, kept });
  });

  test('do not ask with --yes', async () => {
    await failSome();
    const people = await dlq(folder.terminal({ isTTY: true }), 'retry', queue, '--all', '--yes');
    expect(people.stderr.text).toBe('');
    expect(counts()).toEqual({ waiting: 2, kept: 0 });
  });

  test('of a queue that has none do nothing', async () => {
    const { stdout, exitCode } = await dlq(folder.terminal(), 'retry', queue, '--all');
    expect([stdout.text, exitCode]).toEqual([`${queue} has no dead letters.\n`, 0]);
  });

  test('of many tell how far they came when the broker fails', async () => {
    await failSome(3);
    const { take } = folder.driver().deadLetters!;
    let calls = 0;
    folder.alter = (driver) =>
      Object.assign(driver.deadLetters!, {
        take: (...given: Parameters<typeof take>) =>
          ++calls < 3 ? take(...given) : Promise.reject(new Error('gone for lunch')),
      });
    const { stderr, exitCode } = await dlq(folder.terminal(), 'drop', queue, '--all');
    expect(stderr.lines[0]).toBe('2 of 3 were deleted before it ended.');
    expect(stderr.text).toContain('SKERRY_BROKER_UNAVAILABLE');
    expect(exitCode).toBe(1);
  });

  test.each([[[]], [['1', '--all']]])('with %j do not know which are meant', async (given) => {
    const { stderr, exitCode } = await dlq(folder.terminal(), 'drop', queue, ...given);
    expect(stderr.text).toMatch(/^SKERRY_CLI_USAGE {2}skerry dlq drop: .*\n {2}fix {2}give one id, or --all/);
    expect(exitCode).toBe(2);
  });
});

test('a command that does not exist is a usage error', async () => {
  const { stderr, exitCode } = await dlq(folder.terminal(), 'lst');
  expect(stderr.text).toMatch(/^SKERRY_CLI_USAGE {2}skerry dlq: unknown command 'lst'\. Did you mean list\?/);
  expect(exitCode).toBe(2);
});

test('leaves nothing open', async () => {
  await failSome();
  const before = openHandles();
  await dlq(folder.terminal(), 'retry', queue, '--all');
  await before.nothingMore();
});
