import { openHandles } from '@skerry-private/test-kit';
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
import { IsInt, IsString, Length, Max, Min } from 'class-validator';
import { MemoryTerminal } from '../fixtures/memory-terminal.js';
import { RegistryDirectory } from '../fixtures/registry-directory.js';
import { runProgram } from '../program.js';

class HelloRequest {
  @IsString()
  @Length(1, 80)
  name!: string;
}

class CountdownRequest {
  @IsInt()
  @Min(1)
  @Max(10)
  from!: number;
}

@Service('greeter')
class Greeter {
  /** Settled when the one who waits in {@link wait} was told to stop. */
  cancelled?: Promise<SkerryError>;

  @Handler()
  async hello(request: HelloRequest): Promise<object> {
    return { message: `Hello ${request.name}`, at: { line: 1 } };
  }

  @Handler()
  async *countdown(request: CountdownRequest): AsyncGenerator<object> {
    for (let left = request.from; left > 0; left--) yield { left };
  }

  @Handler()
  async nothing(): Promise<void> {
    // Replies nothing.
  }

  @Handler()
  async evil(): Promise<object> {
    return { title: '\u001b[2J\u009b1A\u202e' };
  }

  @Handler()
  async fail(): Promise<void> {
    throw new SkerryError('OUT_OF_STOCK', 'A1 is out of stock', {
      status: 'FAILED_PRECONDITION',
      details: { sku: 'A1' },
    });
  }

  @Handler()
  async *wait(context: Context): AsyncGenerator<object> {
    this.cancelled = new Promise((resolve) => void context.onCancel(resolve));
    yield { waiting: true };
    await this.cancelled;
  }
}

const nodeId = /^greeter-[0-9a-f]+$/;
let registry: RegistryDirectory;
let app: Application;

beforeAll(async () => {
  registry = await RegistryDirectory.create();
  app = await startGreeter();
});
afterAll(async () => {
  await app.stop();
  await registry.close();
});

async function startGreeter(): Promise<Application> {
  const useFactory = (clock: Clock): LocalRegistryDriver => new LocalRegistryDriver(clock, {}, registry.env);
  @Module({ providers: [Greeter, { provide: REGISTRY_DRIVER, useFactory, inject: [Clock] }] })
  class GreeterModule {}
  const started = await Skerry.create(GreeterModule, { logLevel: 'silent', drainDelayMs: 0, env: {} });
  await started.start();
  return started;
}

async function call(terminal: MemoryTerminal, ...args: string[]): Promise<number | undefined> {
  return runProgram(['call', ...args], terminal);
}

function terminal(options: ConstructorParameters<typeof MemoryTerminal>[0] = {}): MemoryTerminal {
  return new MemoryTerminal({ ...options, env: { ...registry.env, ...options.env } });
}

describe('a reply', () => {
  test('is one line of JSON when it is piped', async () => {
    const piped = terminal();
    expect(await call(piped, 'greeter.hello', '{"name":"Ada"}')).toBe(0);
    expect(piped.stdout.text).toBe('{"message":"Hello Ada","at":{"line":1}}\n');
    expect(piped.stderr.text).toBe('');
  });

  test('is indented for people', async () => {
    const people = terminal({ isTTY: true, env: { NO_COLOR: '1' } });
    await call(people, 'greeter.hello', '{"name":"Ada"}');
    expect(people.stdout.text).toBe('{\n  "message": "Hello Ada",\n  "at": {\n    "line": 1\n  }\n}\n');
  });

  test('is coloured for people', async () => {
    const people = terminal({ isTTY: true });
    await call(people, 'greeter.hello', '{"name":"Ada"}');
    expect(people.stdout.text).toContain('\u001b[32m"Hello Ada"\u001b[39m');
  });

  test('is one line on a terminal too when JSON is asked for', async () => {
    const people = terminal({ isTTY: true });
    await call(people, 'greeter.hello', '{"name":"Ada"}', '--json');
    expect(people.stdout.text).toBe('{"message":"Hello Ada","at":{"line":1}}\n');
  });

  test('of nothing is null', async () => {
    const piped = terminal();
    expect(await call(piped, 'greeter.nothing')).toBe(0);
    expect(piped.stdout.text).toBe('null\n');
  });

  test('cannot drive the terminal', async () => {
    const people = terminal({ isTTY: true, env: { NO_COLOR: '1' } });
    await call(people, 'greeter.evil');
    expect(people.stdout.text).toBe('{\n  "title": "\\u001b[2J\\u009b1A\\u202e"\n}\n');
    expect(JSON.parse(people.stdout.text)).toEqual({ title: '\u001b[2J\u009b1A\u202e' });
  });
});

describe('a stream', () => {
  test('is one line for each item when it is piped', async () => {
    const piped = terminal();
    expect(await call(piped, 'greeter.countdown', '{"from":3}')).toBe(0);
    expect(piped.stdout.text).toBe('{"left":3}\n{"left":2}\n{"left":1}\n');
  });

  test('is indented for people only where an item does not fit into a line', async () => {
    const wide = terminal({ isTTY: true, env: { NO_COLOR: '1' } });
    await call(wide, 'greeter.countdown', '{"from":1}');
    expect(wide.stdout.text).toBe('{"left":1}\n');
    const narrow = terminal({ isTTY: true, columns: 8, env: { NO_COLOR: '1' } });
    await call(narrow, 'greeter.countdown', '{"from":1}');
    expect(narrow.stdout.text).toBe('{\n  "left": 1\n}\n');
  });

  test('is cancelled by Ctrl-C, item by item until then, and the handler is told', async () => {
    const people = terminal({ isTTY: true, env: { NO_COLOR: '1' } });
    people.stdout.onWrite(() => people.interrupt());
    expect(await call(people, 'greeter.wait')).toBe(130);
    expect(people.stdout.text).toBe('{"waiting":true}\n');
    expect(people.stderr.text).toBe('');
    expect((await app.get(Greeter).cancelled)?.code).toBe('SKERRY_RPC_CANCELLED');
  });
});

describe('the message', () => {
  test('is read from standard input where - stands in its place', async () => {
    const piped = terminal({ stdin: '{"name":"Grace"}\n' });
    expect(await call(piped, 'greeter.hello', '-')).toBe(0);
    expect(piped.stdout.text).toContain('Hello Grace');
  });

  test('that is no JSON is a usage error that shows how to write it', async () => {
    const piped = terminal();
    expect(await call(piped, 'greeter.hello', '{name:Ada}')).toBe(2);
    expect(piped.stderr.text).toMatch(/^SKERRY_CLI_USAGE {2}skerry call: the message is not JSON: .*single quotes\.$/m);
    expect(piped.stderr.text).toContain(`fix  write it like skerry call greeter.hello '{"name":"Ada"}'\n`);
  });

  test('that the handler refuses is answered field by field, with one that it would take', async () => {
    const piped = terminal();
    expect(await call(piped, 'greeter.countdown', '{"from":11}')).toBe(1);
    const [head, field, service, node, trace, attempt] = piped.stderr.lines;
    expect(head).toBe('SKERRY_VALIDATION_FAILED  the request of greeter.countdown is not valid.');
    expect(field).toBe('  from     from must not be greater than 10');
    expect(service).toBe('  service  greeter');
    expect(node).toMatch(/^ {2}node {5}greeter-[0-9a-f]+$/);
    expect(trace).toMatch(/^ {2}trace {4}[0-9a-f]{32}$/);
    expect(attempt).toBe(`  try      skerry call greeter.countdown '{"from":1}'`);
    expect(piped.stdout.text).toBe('');
  });
});

describe('an error', () => {
  test('of the handler arrives with its code, and where it came from', async () => {
    const piped = terminal();
    expect(await call(piped, 'greeter.fail')).toBe(1);
    expect(piped.stderr.lines[0]).toBe('OUT_OF_STOCK  A1 is out of stock');
    expect(piped.stderr.text).toMatch(/ service {2}greeter\n {2}node {5}greeter-\w+\n {2}trace {4}[0-9a-f]{32}\n/);
  });

  test('is one line of JSON on standard error when JSON is asked for', async () => {
    const piped = terminal();
    expect(await call(piped, 'greeter.fail', '--json')).toBe(1);
    expect(piped.stderr.lines).toHaveLength(1);
    expect(JSON.parse(piped.stderr.text)).toEqual({
      code: 'OUT_OF_STOCK',
      status: 'FAILED_PRECONDITION',
      message: 'A1 is out of stock',
      retryable: false,
      details: { sku: 'A1' },
      origin: { service: 'greeter', node: expect.stringMatching(nodeId) },
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(piped.stdout.text).toBe('');
  });

  test('names the nearest handler', async () => {
    const piped = terminal();
    expect(await call(piped, 'greeter.helo')).toBe(1);
    expect(piped.stderr.lines[0]).toMatch(/^SKERRY_RPC_UNKNOWN_ENDPOINT {2}.*'helo'.*'hello'/);
  });

  test('names the nearest service, long before the call could have timed out', async () => {
    const piped = terminal();
    expect(await call(piped, 'greter.hello', '--wait', '1', '--timeout', '3600000')).toBe(1);
    expect(piped.stderr.lines[0]).toMatch(/^SKERRY_RPC_NO_NODE {2}.*none came within 1 ms\. Did you mean 'greeter'\?$/);
  });

  test('is not a stack for names that no handler can have', async () => {
    const piped = terminal();
    expect(await call(piped, 'greeter.then')).toBe(2);
    expect(piped.stderr.lines[0]).toMatch(/^SKERRY_CLI_USAGE {2}.*'then'/);
  });

  test.each(['greeter', 'greeter.', '.hello', '.'])('says how to name a handler for %s', async (target) => {
    const piped = terminal();
    expect(await call(piped, target)).toBe(2);
    expect(piped.stderr.lines[0]).toMatch(/^SKERRY_CLI_USAGE {2}.*<service>\.<handler>/);
  });

  test.each([
    ['--timeout', '0'],
    ['--timeout', 'soon'],
    ['--wait', '-1'],
  ])('says that %s cannot be %s', async (option, value) => {
    const piped = terminal();
    expect(await call(piped, 'greeter.hello', `${option}=${value}`)).toBe(2);
    expect(piped.stderr.lines[0]).toMatch(new RegExp(`^SKERRY_CLI_USAGE {2}.*${option}.*'${value}'.*milliseconds`));
  });
});

test('a service that starts meanwhile is waited for', async () => {
  const empty = await RegistryDirectory.create();
  const piped = new MemoryTerminal({ env: empty.env });
  // Registered under the name that is asked for, and served by no one: reaching it is what counts here.
  const calling = call(piped, 'late.hello', '{}', '--wait', '15000', '--timeout', '300');
  await empty.register({ service: 'late', id: 'late-1', addresses: { skerry: 'tcp://127.0.0.1:1' } });
  expect(await calling).toBe(1);
  expect(piped.stderr.lines[0]).toMatch(/^SKERRY_RPC_CONNECT_FAILED/);
  await empty.close();
});

test('Ctrl-C while waiting for a service ends the command', async () => {
  const people = terminal();
  const calling = call(people, 'nobody.hello', '--wait', '60000');
  people.interrupt();
  expect(await calling).toBe(130);
  expect(people.stderr.text).toBe('');
});

test('leaves nothing open', async () => {
  const before = openHandles();
  await call(terminal(), 'greeter.countdown', '{"from":2}');
  await before.nothingMore();
});
