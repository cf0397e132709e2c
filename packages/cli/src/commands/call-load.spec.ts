import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, openHandles } from '@skerry-private/test-kit';
import {
  Clock,
  Context,
  Handler,
  LocalRegistryDriver,
  Module,
  REGISTRY_DRIVER,
  Service,
  Skerry,
  SkerryError,
  type Application,
} from '@skerry/core';
import { IsInt } from 'class-validator';
import { MemoryTerminal } from '../fixtures/memory-terminal.js';
import { RegistryDirectory } from '../fixtures/registry-directory.js';
import { runProgram } from '../program.js';

class Sum {
  @IsInt()
  value!: number;
}

@Service('math')
class Maths {
  readonly seen: number[] = [];
  most = 0;
  private atOnce = 0;

  @Handler()
  async square({ value }: Sum): Promise<number> {
    this.seen.push(value);
    this.most = Math.max(this.most, ++this.atOnce);
    await new Promise(setImmediate);
    this.atOnce--;
    if (value < 0) throw new SkerryError('NEGATIVE', `${value} is negative`, { status: 'INVALID_ARGUMENT' });
    return value ** 2;
  }

  @Handler()
  async *upTo({ value }: Sum): AsyncGenerator<number> {
    for (let n = 1; n <= value; n++) yield n;
  }

  @Handler({ kind: 'client-stream', request: Sum })
  async sum(values: AsyncIterable<Sum>): Promise<number> {
    let total = 0;
    for await (const { value } of values) this.seen.push((total += value));
    return total;
  }

  @Handler()
  async forever(context: Context): Promise<void> {
    this.seen.push(0);
    await new Promise<void>((resolve) => void context.onCancel(() => resolve()));
  }
}

// A machine that is busy with other tests.
const busy = { withinMs: 15_000 };

let registry: RegistryDirectory;
let app: Application;
let cwd: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'skerry-cli-'));
  registry = await RegistryDirectory.create();
  const useFactory = (clock: Clock): LocalRegistryDriver => new LocalRegistryDriver(clock, {}, registry.env);
  @Module({ providers: [Maths, { provide: REGISTRY_DRIVER, useFactory, inject: [Clock] }] })
  class MathsModule {}
  app = await Skerry.create(MathsModule, { logLevel: 'silent', drainDelayMs: 0, env: {} });
  await app.start();
  await writeFile(join(cwd, 'three.ndjson'), '{"value":1}\n{"value":2}\n\n{"value":3}\n');
  await writeFile(join(cwd, 'one.json'), '{\n  "value": 7\n}\n');
  await writeFile(join(cwd, 'wrong.ndjson'), '{"value":1}\n{value:2}\n');
});
afterAll(async () => {
  await app.stop();
  await registry.close();
  await rm(cwd, { recursive: true });
});
beforeEach(() => {
  const maths = app.get(Maths);
  maths.seen.length = 0;
  maths.most = 0;
});

function terminal(options: ConstructorParameters<typeof MemoryTerminal>[0] = {}): MemoryTerminal {
  return new MemoryTerminal({ cwd, ...options, env: { ...registry.env, ...options.env } });
}

async function skerry(
  given: MemoryTerminal,
  ...args: string[]
): Promise<MemoryTerminal & { exitCode: number | undefined }> {
  return Object.assign(given, { exitCode: await runProgram(args, given) });
}

describe('where messages come from', () => {
  test.each([
    ['an argument', ['{"value":3}'], ''],
    ['a file of one message', ['@one.json'], ''],
    ['a file that --from names', ['--from', 'one.json'], ''],
    ['standard input', ['-'], '{"value":4}\n'],
  ])('%s', async (_, args, stdin) => {
    const { stdout, exitCode } = await skerry(terminal({ stdin }), 'call', 'math.square', ...args);
    expect(stdout.text).toMatch(/^(9|49|16)\n$/);
    expect(exitCode).toBe(0);
  });

  test('several are sent one after the other', async () => {
    const { stdout, exitCode } = await skerry(terminal(), 'call', 'math.square', '@three.ndjson');
    expect([stdout.text, exitCode]).toEqual(['1\n4\n9\n', 0]);
  });

  test('the first that fails is the last', async () => {
    const stdin = '{"value":1}\n{"value":-1}\n{"value":2}\n';
    const { stdout, stderr, exitCode } = await skerry(terminal({ stdin }), 'call', 'math.square', '-');
    expect([stdout.text, exitCode]).toEqual(['1\n', 1]);
    expect(stderr.text).toMatch(/^NEGATIVE/);
    expect(app.get(Maths).seen).toEqual([1, -1]);
  });

  test('a stream is sent a file', async () => {
    const { stdout } = await skerry(terminal(), 'stream', 'math.sum', '--from', 'three.ndjson');
    expect(stdout.text).toBe('6\n');
  });

  test.each([
    [['call', 'math.square', '@lost.json'], /^SKERRY_CLI_USAGE {2}skerry call: cannot read lost\.json: ENOENT/],
    [['call', 'math.square', '@.'], /cannot read \.: it is a directory/],
    [['stream', 'math.sum', '--from', 'wrong.ndjson'], /skerry stream: line 2 of wrong\.ndjson is not JSON/],
    [['call', 'math.square', '@wrong.ndjson'], /skerry call: line 2 of wrong\.ndjson is not JSON/],
    [['call', 'math.square', '1', '--from', 'one.json'], /a message is given, and --from as well/],
  ])('%j is a usage error', async (args, told) => {
    const { stderr, stdout, exitCode } = await skerry(terminal(), ...args);
    expect(stderr.text).toMatch(told);
    expect([stdout.text, exitCode]).toEqual(['', 2]);
  });
});

test('stream prints each answer in one line, for people too', async () => {
  const people = terminal({ isTTY: true, columns: 4, env: { NO_COLOR: '1' } });
  const { stdout } = await skerry(people, 'stream', 'math.upTo', '{"value":3}');
  expect(stdout.text).toBe('1\n2\n3\n');
});

describe('a load test', () => {
  test('calls so often, with the messages in turn, and tells how long it took', async () => {
    const given = ['call', 'math.square', '--from', 'three.ndjson', '--repeat', '30', '--concurrency', '4', '--json'];
    const { stdout, stderr, exitCode } = await skerry(terminal(), ...given);
    expect(stdout.lines).toHaveLength(1);
    const report = JSON.parse(stdout.text) as { latencyMs: Record<string, number>; histogram: { count: number }[] };
    expect(report).toMatchObject({
      ...{ name: 'math.square', unit: 'calls', succeeded: 30, failed: 0, interrupted: false, concurrency: 4 },
      correctedForCoordinatedOmission: false,
      errors: [],
    });
    const { min, mean, p50, p90, p99, p99_9, max } = report.latencyMs;
    const ascending = [min, p50, p90, p99, p99_9, max];
    expect([...ascending].sort((a, b) => a! - b!)).toEqual(ascending);
    expect(min).toBeGreaterThan(0);
    expect(mean).toBeLessThanOrEqual(max!);
    expect(report.histogram.reduce((sum, { count }) => sum + count, 0)).toBe(30);
    const { seen, most } = app.get(Maths);
    for (const value of [1, 2, 3]) expect(seen.filter((each) => each === value)).toHaveLength(10);
    expect(most).toBeLessThanOrEqual(4);
    expect([stderr.text, exitCode]).toEqual(['', 0]);
  });

  test('shows people numbers and bars', async () => {
    const { stdout, exitCode } = await skerry(terminal(), 'call', 'math.square', '{"value":2}', '--repeat', '20');
    expect(stdout.lines[0]).toMatch(/^20 calls of math\.square in [\d.]+ m?s, at most 1 at once$/);
    expect(stdout.text).toMatch(/^ {2}rate {4}[\d,.]+ calls\/s\n {2}failed {2}0$/m);
    expect(stdout.text).toMatch(/latency {2}min +mean +p50 +p90 +p99 +p99\.9 +max\n +[\d.]+ ms/);
    expect(stdout.text).toMatch(/^ +[\d.]+ ms - +[\d.]+ ms +\d+ {2}[█▏▎▍▌▋▊▉]+$/m);
    expect(exitCode).toBe(0);
  });

  test('fails if any failed, and tells of each code how many, and one', async () => {
    const stdin = '{"value":1}\n{"value":-1}\n';
    const { stdout, exitCode } = await skerry(terminal({ stdin }), 'call', 'math.square', '-', '--repeat', '10');
    expect(stdout.text).toContain('failed  5 (50 %)');
    expect(stdout.text).toMatch(/^Errors\n {2}5 {2}NEGATIVE {2}-1 is negative$/m);
    expect(exitCode).toBe(1);
  });

  test('a call is over with its last answer; a stream of messages is sent whole by each', async () => {
    const up = await skerry(terminal(), 'call', 'math.upTo', '{"value":5}', '--repeat', '3', '--json');
    expect(JSON.parse(up.stdout.text)).toMatchObject({ succeeded: 3, failed: 0 });
    await skerry(terminal(), 'stream', 'math.sum', '--from', 'three.ndjson', '--repeat', '2', '--json');
    expect(app.get(Maths).seen).toEqual([1, 3, 6, 1, 3, 6]);
  });

  test('at a rate, says what was asked for and that it is corrected', async () => {
    const given = ['call', 'math.square', '{"value":1}', '--repeat', '20', '--rate', '200/s', '--json'];
    const report = JSON.parse((await skerry(terminal(), ...given)).stdout.text) as { elapsedMs: number };
    expect(report).toMatchObject({
      ...{ succeeded: 20, concurrency: 100, correctedForCoordinatedOmission: true },
      asked: { perSecond: 200, notBegun: 0 },
    });
    // The last of them is due after 95 ms, and Node's timers may be up to one early.
    expect(report.elapsedMs).toBeGreaterThanOrEqual(94);
  });

  test('ends by time', async () => {
    const given = ['call', 'math.square', '{"value":1}', '--duration', '50ms', '--json'];
    const report = JSON.parse((await skerry(terminal(), ...given)).stdout.text) as { elapsedMs: number };
    expect(report.elapsedMs).toBeGreaterThanOrEqual(50);
    expect(report.elapsedMs).toBeLessThan(5_000);
  });

  test('Ctrl-C ends it early, and what was measured is printed', async () => {
    const people = terminal();
    const calling = skerry(people, 'call', 'math.square', '{"value":1}', '--duration', '10m', '--json');
    await eventually(() => expect(app.get(Maths).seen.length).toBeGreaterThan(5), busy);
    people.interrupt();
    const { stdout, exitCode } = await calling;
    const report = JSON.parse(stdout.text) as { succeeded: number };
    expect(report).toMatchObject({ interrupted: true, failed: 0 });
    expect(report.succeeded).toBeGreaterThan(3);
    expect(exitCode).toBe(130);
  });

  test('Ctrl-C ends it also while no call ends', async () => {
    const people = terminal();
    const calling = skerry(people, 'call', 'math.forever', '--repeat', '10', '--timeout', '60000');
    await eventually(() => expect(app.get(Maths).seen).toContain(0), busy);
    people.interrupt();
    expect((await calling).exitCode).toBe(130);
  });

  test('shows on a terminal how it goes, in one line, and takes it away', async () => {
    const people = terminal({ isTTY: true, env: { NO_COLOR: '1' } });
    await skerry(people, 'call', 'math.square', '{"value":1}', '--duration', '500ms');
    expect(people.stderr.text).toMatch(/\d+ calls in [\d.]+ ms of 500 ms, [\d,.]+\/s, 0 failed, p99 [\d.]+ ms\n/);
    // eslint-disable-next-line no-control-regex -- what terminals are told by
    expect(people.stderr.text).toMatch(/\u001b\[1A\u001b\[J$/);
  });

  test.each([
    [['--rate', '5'], '--rate says nothing of an end.\n  fix  add --repeat 1000, or --duration 10s'],
    [['--concurrency', '5'], '--concurrency says nothing of an end'],
    [['--duration', '10'], "'10' is invalid. Give a time with its unit: 10s, 500ms, 2m."],
    [['--rate', 'fast', '--repeat', '1'], "'fast' is invalid. Give how many for each second, or minute: 50/s, 600/m."],
    [['--repeat', '0'], 'Give a whole number, 1 or more: 10.'],
  ])('%j is a usage error', async (args, told) => {
    const { stderr, exitCode } = await skerry(terminal(), 'call', 'math.square', '{"value":1}', ...args);
    expect(stderr.text).toContain(told);
    expect(exitCode).toBe(2);
  });

  test('leaves nothing open', async () => {
    const before = openHandles();
    await skerry(terminal(), 'call', 'math.square', '{"value":1}', '--repeat', '5');
    await before.nothingMore();
  });
});
