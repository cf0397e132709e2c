import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
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
import { IsIn, IsInt, IsOptional, IsString } from 'class-validator';
import { MemoryTerminal } from '../fixtures/memory-terminal.js';
import { RegistryDirectory } from '../fixtures/registry-directory.js';
import { runProgram } from '../program.js';

class HelloRequest {
  @IsString()
  name!: string;

  @IsOptional()
  @IsIn(['en', 'de'])
  language?: string;
}

class Chunk {
  @IsInt()
  value!: number;
}

@Service('greeter')
class Greeter {
  cancelled = false;

  @Handler()
  async hello({ name, language = 'en' }: HelloRequest): Promise<string> {
    if (name === 'nobody') throw new SkerryError('NOBODY', 'nobody is there', { status: 'NOT_FOUND' });
    return `${language === 'de' ? 'Hallo' : 'Hello'} ${name}`;
  }

  @Handler()
  async *wait(context: Context): AsyncGenerator<string> {
    yield 'waiting';
    await new Promise<void>((resolve) => void context.onCancel(() => resolve()));
    this.cancelled = true;
  }

  @Handler()
  async pair({ name }: HelloRequest): Promise<object> {
    return { names: [name, name] };
  }

  @Handler()
  async *count(): AsyncGenerator<number> {
    yield* [1, 2];
  }

  @Handler({ kind: 'client-stream', request: Chunk })
  async sum(chunks: AsyncIterable<Chunk>): Promise<number> {
    let total = 0;
    for await (const { value } of chunks) total += value;
    return total;
  }
}

// A machine that is busy with other tests.
const busy = { withinMs: 15_000 };

let registry: RegistryDirectory;
let app: Application;
let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'skerry-cli-'));
  registry = await RegistryDirectory.create();
  const useFactory = (clock: Clock): LocalRegistryDriver => new LocalRegistryDriver(clock, {}, registry.env);
  @Module({ providers: [Greeter, { provide: REGISTRY_DRIVER, useFactory, inject: [Clock] }] })
  class GreeterModule {}
  app = await Skerry.create(GreeterModule, { logLevel: 'silent', drainDelayMs: 0, env: {} });
  await app.start();
});
afterAll(async () => {
  await app.stop();
  await registry.close();
  await rm(home, { recursive: true });
});

describe('piped', () => {
  async function repl(
    stdin: string,
    ...args: string[]
  ): Promise<{ out: string[]; err: string[]; exitCode: number | undefined }> {
    const terminal = new MemoryTerminal({ env: registry.env, stdin });
    const exitCode = await runProgram(['repl', ...args], terminal);
    return { out: terminal.stdout.lines, err: terminal.stderr.lines, exitCode };
  }

  test('runs each line, and prints what is answered', async () => {
    const lines = ['# greetings', 'greeter.hello {"name":"Ada"}', '', 'greeter.hello name=Grace language=de'];
    expect(await repl(lines.join('\n'))).toEqual({ out: ['"Hello Ada"', '"Hallo Grace"'], err: [], exitCode: 0 });
  });

  test('a list is what a stream is sent', async () => {
    const { out } = await repl('greeter.sum [{"value":1},{"value":2}]\ngreeter.sum value=7\n');
    expect(out).toEqual(['3', '7']);
  });

  test('_ is what was answered last, of a stream its last item, and what fails does not change it', async () => {
    const lines = [
      'greeter.sum [{"value":1},{"value":2}]',
      'greeter.sum value=_',
      'greeter.hello name=nobody',
      'greeter.sum [{"value":_},{"value":_}]',
      '_',
      'greeter.pair name=Ada',
      '_.names[1]',
      'greeter.hello name=_.names[0]',
      'greeter.count',
      '_',
    ];
    const { out, err } = await repl(lines.join('\n'), '--keep-going');
    expect(out).toEqual(['3', '3', '6', '6', '{"names":["Ada","Ada"]}', '"Ada"', '"Hello Ada"', '1', '2', '2']);
    expect(err[0]).toMatch(/^NOBODY/);
    const none = await repl('_.names\n');
    expect([none.err[0], none.exitCode]).toEqual([expect.stringContaining('there is none yet'), 2]);
    expect((await repl('.help\n')).out.join('\n')).toContain('_ is the last result, of a stream its last item');
  });

  test('stops at the first line that fails, and says which', async () => {
    const { out, err, exitCode } = await repl('greeter.hello name=nobody\ngreeter.hello name=Ada\n');
    expect([out, exitCode]).toEqual([[], 1]);
    expect(err[0]).toMatch(/^NOBODY {2}nobody is there$/);
    expect(err.at(-1)).toMatch(/^ {2}line +1 of standard input$/);
  });

  test('goes on if it is told to, and fails all the same', async () => {
    const { out, err, exitCode } = await repl(
      'greeter.hello name\n\ngreeter.hello name=Ada\n',
      '--keep-going',
      '--json',
    );
    expect([out, exitCode]).toEqual([['"Hello Ada"'], 2]);
    expect(JSON.parse(err[0]!)).toMatchObject({ code: 'SKERRY_CLI_USAGE' });
  });

  test('.exit ends it', async () => {
    expect(await repl('.exit\ngreeter.hello name=Ada\n')).toEqual({ out: [], err: [], exitCode: 0 });
  });

  test('.services, .describe and .help tell what there is', async () => {
    const { out } = await repl('.services\n.describe greeter\n.help\n');
    expect(out[1]).toMatch(/^greeter +0\.0\.0 +1 +5$/);
    expect(out.join('\n')).toMatch(
      /^greeter {2}0\.0\.0[^]*Handlers[^]*hello[^]*greeter\.hello name=Ada[^]*\.exit +end/m,
    );
  });

  test.each([
    ['.list', /'\.list' is no command of a session\./],
    ['greeter', /'greeter' is not the name of a handler/],
    ['greeter.sum', /takes a stream of messages, and was given none/],
    ['.describe', /\.describe needs the name of a service/],
  ])('%s is a usage error', async (line, told) => {
    const { err, exitCode } = await repl(line);
    expect([err[0], exitCode]).toEqual([expect.stringMatching(told), 2]);
  });

  test('leaves nothing open', async () => {
    const before = openHandles();
    await repl('greeter.hello name=Ada\n');
    await before.nothingMore();
  });
});

describe('at a terminal', () => {
  /** Somebody who types, and what they see. */
  function sit(): {
    type(keys: string): void;
    seen(): string;
    done: Promise<number | undefined>;
    terminal: MemoryTerminal;
  } {
    const [input, output] = [new PassThrough(), new PassThrough()];
    let text = '';
    const terminal = new MemoryTerminal({
      env: { ...registry.env, NO_COLOR: '1', XDG_STATE_HOME: home },
      isTTY: true,
      editing: { input, output },
    });
    output.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    terminal.stdout.onWrite((piece) => (text += piece));
    terminal.stderr.onWrite((piece) => (text += piece));
    const done = runProgram(['repl'], terminal);
    return { type: (keys) => void input.write(keys), seen: () => stripVTControlCharacters(text), done, terminal };
  }

  test('calls, completes with what the registry knows, and remembers', async () => {
    const first = sit();
    await eventually(() => expect(first.seen()).toMatch(/skerry> $/), busy);
    // Nothing is completed before the registry has answered.
    await eventually(() => {
      first.type('\u0015greeter.h\t');
      expect(first.seen()).toContain('greeter.hello');
    }, busy);
    first.type(' {"name":"Ada","l\t');
    await eventually(() => expect(first.seen()).toContain('"language":'), busy);
    // A tab in the middle of what comes at once would be taken as it is, as when text is pasted.
    first.type('"d\t');
    await eventually(() => expect(first.seen()).toContain('"language":"de"'), busy);
    first.type('}\r');
    await eventually(() => expect(first.seen()).toContain('"Hallo Ada"\n'), busy);
    first.type('\u0004');
    expect(await first.done).toBe(0);

    const second = sit();
    await eventually(() => expect(second.seen()).toMatch(/skerry> $/), busy);
    second.type('\u001b[A\r');
    await eventually(() => expect(second.seen()).toContain('"Hallo Ada"\n'), busy);
    second.type('.exit\r');
    expect(await second.done).toBe(0);
    const file = join(home, 'skerry/history');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readFile(file, 'utf8')).split('\n')[0]).toBe('greeter.hello {"name":"Ada","language":"de"}');
  });

  test('what fails is told, and the session goes on', async () => {
    const session = sit();
    await eventually(() => expect(session.seen()).toMatch(/skerry> $/), busy);
    session.type(' greeter.hello name=nobody\r');
    await eventually(() => expect(session.seen()).toMatch(/NOBODY {2}nobody is there[^]*skerry> $/), busy);
    session.type('.exit\r');
    expect(await session.done).toBe(0);
    // It began with a blank.
    expect(await readFile(join(home, 'skerry/history'), 'utf8')).not.toContain('nobody');
  });

  test('Ctrl-C ends a stream, and not the session', async () => {
    const session = sit();
    await eventually(() => expect(session.seen()).toMatch(/skerry> $/), busy);
    session.type('greeter.wait\r');
    await eventually(() => expect(session.seen()).toContain('"waiting"'), busy);
    session.type('\u0003');
    await eventually(() => expect(session.seen()).toMatch(/ended by Ctrl-C\nskerry> $/), busy);
    session.type('_\r');
    await eventually(() => expect(session.seen()).toMatch(/_\s+"waiting"\nskerry> $/), busy);
    await eventually(() => expect(app.get(Greeter).cancelled).toBe(true), busy);
    // With no call under way it empties the line.
    session.type('greeter.hel\u0003');
    session.type('.exit\r');
    expect(await session.done).toBe(0);
  });

  test('SIGTERM ends it, and leaves nothing open', async () => {
    const before = openHandles();
    const session = sit();
    await eventually(() => expect(session.seen()).toMatch(/skerry> $/), busy);
    session.terminal.interrupt();
    expect(await session.done).toBe(130);
    await before.nothingMore();
  });
});
