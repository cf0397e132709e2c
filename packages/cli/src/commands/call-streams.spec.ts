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
  type Application,
} from '@skerry/core';
import { IsInt } from 'class-validator';
import { MemoryTerminal } from '../fixtures/memory-terminal.js';
import { RegistryDirectory } from '../fixtures/registry-directory.js';
import { runProgram } from '../program.js';

class Chunk {
  @IsInt()
  value!: number;
}

@Service('math')
class Maths {
  release: () => void = () => undefined;

  @Handler({ kind: 'client-stream', request: Chunk })
  async sum(chunks: AsyncIterable<Chunk>): Promise<object> {
    let total = 0;
    for await (const { value } of chunks) total += value;
    return { total };
  }

  @Handler({ kind: 'bidirectional', request: Chunk })
  async *double(chunks: AsyncIterable<Chunk>): AsyncGenerator<number> {
    for await (const { value } of chunks) yield value * 2;
  }

  /** Takes nothing before it is told to. */
  @Handler({ kind: 'client-stream', request: Object })
  async later(chunks: AsyncIterable<object>): Promise<number> {
    await new Promise<void>((resolve) => (this.release = resolve));
    let count = 0;
    for await (const _chunk of chunks) count++;
    return count;
  }

  /** Whether anything is left of the time that the caller gives, at most. */
  @Handler({ kind: 'bidirectional', request: Object })
  async *hurried(_chunks: AsyncIterable<object>, context: Context): AsyncGenerator<boolean> {
    yield context.remainingMs < 3_600_000;
  }

  /** Answers after the first one. */
  @Handler({ kind: 'client-stream', request: Chunk })
  async first(chunks: AsyncIterable<Chunk>): Promise<number> {
    for await (const { value } of chunks) return value;
    return -1;
  }
}

let registry: RegistryDirectory;
let app: Application;

beforeAll(async () => {
  registry = await RegistryDirectory.create();
  const useFactory = (clock: Clock): LocalRegistryDriver => new LocalRegistryDriver(clock, {}, registry.env);
  @Module({ providers: [Maths, { provide: REGISTRY_DRIVER, useFactory, inject: [Clock] }] })
  class MathsModule {}
  app = await Skerry.create(MathsModule, { logLevel: 'silent', drainDelayMs: 0, env: {} });
  await app.start();
});
afterAll(async () => {
  await app.stop();
  await registry.close();
});

function terminal(stdin: string | AsyncIterable<string> = ''): MemoryTerminal {
  return new MemoryTerminal({ env: registry.env, stdin });
}

async function call(
  piped: MemoryTerminal,
  ...args: string[]
): Promise<MemoryTerminal & { exitCode: number | undefined }> {
  return Object.assign(piped, { exitCode: await runProgram(['call', ...args], piped) });
}

/** Standard input that is written to line by line. */
class Typed implements AsyncIterable<string> {
  taken = 0;
  private readonly lines: (string | undefined)[] = [];
  private wake: () => void = () => undefined;

  /** `undefined` is its end. */
  type(line: string | undefined): void {
    this.lines.push(line);
    this.wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (;;) {
      while (this.lines.length === 0) await new Promise<void>((resolve) => (this.wake = resolve));
      const line = this.lines.shift();
      if (line === undefined) return;
      this.taken++;
      yield `${line}\n`;
    }
  }
}

test('a stream is sent from standard input, a message in each line, and answered at its end', async () => {
  const { stdout, stderr, exitCode } = await call(
    terminal('{"value":1}\n\n{"value":2}\r\n{"value":3}'),
    'math.sum',
    '-',
  );
  expect([stdout.text, stderr.text, exitCode]).toEqual(['{"total":6}\n', '', 0]);
});

test('a stream of nothing is one too', async () => {
  expect((await call(terminal(''), 'math.sum', '-')).stdout.text).toBe('{"total":0}\n');
});

test('replies are printed as they come, while more is written', async () => {
  const typed = new Typed();
  const piped = terminal(typed);
  const calling = call(piped, 'math.double', '-');
  for (const value of [1, 2, 3]) {
    typed.type(JSON.stringify({ value }));
    await eventually(() => expect(piped.stdout.lines.at(-1)).toBe(`${value * 2}`));
  }
  typed.type(undefined);
  expect((await calling).exitCode).toBe(0);
});

test('no more is read than the handler takes', async () => {
  const total = 3_000;
  const typed = new Typed();
  const line = JSON.stringify({ text: 'x'.repeat(8 * 1024) });
  for (let n = 0; n < total; n++) typed.type(line);
  typed.type(undefined);
  const piped = terminal(typed);
  const calling = call(piped, 'math.later', '-');
  // What is under way is bounded, so that it stands still at some time.
  let before = -1;
  await eventually(
    async () => {
      const standing = typed.taken > 0 && typed.taken === before;
      before = typed.taken;
      if (!standing) await new Promise(setImmediate);
      expect(standing).toBe(true);
    },
    { withinMs: 10_000 },
  );
  expect(typed.taken).toBeLessThan(total / 2);
  await eventually(
    () => {
      app.get(Maths).release();
      expect(piped.stdout.text).toBe(`${total}\n`);
    },
    { withinMs: 10_000 },
  );
  expect((await calling).exitCode).toBe(0);
});

test('an answer before the end of the input ends the call', async () => {
  const typed = new Typed();
  typed.type('{"value":7}');
  expect((await call(terminal(typed), 'math.first', '-')).stdout.text).toBe('7\n');
  typed.type(undefined);
});

test('one message on the command line is a stream of one', async () => {
  expect((await call(terminal(), 'math.sum', '{"value":4}')).stdout.text).toBe('{"total":4}\n');
});

test('no message at all says how to write some', async () => {
  const { stderr, exitCode } = await call(terminal(), 'math.sum');
  expect(stderr.lines).toEqual([
    'SKERRY_CLI_USAGE  skerry call: math.sum takes a stream of messages, and was given none.',
    expect.stringMatching(
      /fix {2}write one message for each line of standard input: echo '.*' \| skerry call math\.sum -$/,
    ),
  ]);
  expect(exitCode).toBe(2);
});

test('a line that is no JSON ends the call, and is named', async () => {
  const { stdout, stderr, exitCode } = await call(terminal('{"value":1}\n{value:2}\n'), 'math.sum', '-');
  expect(stderr.text).toMatch(
    /^SKERRY_CLI_USAGE {2}skerry call: line 2 of standard input is not JSON: .*\n {2}fix {2}.*jq -c/,
  );
  expect(exitCode).toBe(2);
  expect(stdout.text).toBe('');
});

test('a message that the handler refuses is answered as for any other call', async () => {
  const { stderr, exitCode } = await call(terminal('{"value":"one"}\n'), 'math.sum', '-');
  expect(stderr.lines[0]).toMatch(/^SKERRY_VALIDATION_FAILED/);
  expect(stderr.text).toMatch(/try +echo '.*' \| skerry call math\.sum -\n/);
  expect(exitCode).toBe(1);
});

test('a stream has as much time as its input takes, unless --timeout says less', async () => {
  expect((await call(terminal(''), 'math.hurried', '-')).stdout.text).toBe('false\n');
  expect((await call(terminal(''), 'math.hurried', '-', '--timeout', '1000')).stdout.text).toBe('true\n');
});

test('--timeout ends a stream whose input does not', async () => {
  const typed = new Typed();
  const { stderr, exitCode } = await call(terminal(typed), 'math.sum', '-', '--timeout', '200');
  expect(stderr.lines[0]).toMatch(/^SKERRY_RPC_DEADLINE/);
  expect(exitCode).toBe(1);
  typed.type(undefined);
});

test('Ctrl-C ends a stream whose input does not', async () => {
  const typed = new Typed();
  const people = terminal(typed);
  const calling = call(people, 'math.double', '-');
  typed.type('{"value":1}');
  await eventually(() => expect(people.stdout.text).toBe('2\n'));
  people.interrupt();
  expect((await calling).exitCode).toBe(130);
  typed.type(undefined);
});

test('leaves nothing open', async () => {
  const before = openHandles();
  await call(terminal('{"value":1}\n'), 'math.double', '-');
  await before.nothingMore();
});
