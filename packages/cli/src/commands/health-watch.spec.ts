import { createServer, type Server } from 'node:http';
import { eventually, openHandles } from '@skerry-private/test-kit';
import type { HealthAnswer } from '../health/get-health.js';
import { MemoryTerminal } from '../fixtures/memory-terminal.js';
import { RegistryDirectory } from '../fixtures/registry-directory.js';
import { runProgram } from '../program.js';

// A machine that is busy with other tests.
const busy = { withinMs: 15_000 };

let registry: RegistryDirectory;
let server: Server;
let address: string;
/** What the node says of itself. */
let answer: HealthAnswer;
beforeEach(async () => {
  registry = await RegistryDirectory.create();
  answer = { status: 'ready', checks: [{ name: 'database', kind: 'readiness', state: 'healthy' }] };
  server = createServer((_request, response) =>
    response.writeHead(answer.status === 'ready' ? 200 : 503).end(JSON.stringify(answer)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await registry.close();
});

function add(service: string, id: string): Promise<unknown> {
  return registry.register({ service, id, addresses: { http: address } });
}

/** Watches while `work` goes on, and then presses Ctrl-C. */
async function watching(terminal: MemoryTerminal, work: () => Promise<void>, ...args: string[]): Promise<void> {
  const running = runProgram(['health', '--watch', '--interval', '20', ...args], terminal);
  await work();
  terminal.interrupt();
  expect(await running).toBe(130);
}

function sick(): void {
  answer = { status: 'not-ready', checks: [{ name: 'database', kind: 'readiness', state: 'unhealthy' }] };
}

test('tells how nodes are, and each change of that, one line for each', async () => {
  await add('greeter', 'greeter-1');
  const piped = new MemoryTerminal({ env: registry.env });
  const lines = (): string[] => piped.stdout.lines;
  await watching(piped, async () => {
    await eventually(
      () => expect(lines()).toEqual([`   greeter  greeter-1  ${address}  1.0.0  ready  1 healthy`]),
      busy,
    );
    await add('orders', 'orders-1');
    await eventually(() => expect(lines()[1]).toBe(`+  orders  orders-1  ${address}  1.0.0  ready  1 healthy`), busy);
    sick();
    await eventually(
      () =>
        expect(lines().slice(2).sort()).toEqual(
          ['greeter', 'orders'].map(
            (name) => `~  ${name}  ${name}-1  ${address}  1.0.0  not-ready  database unhealthy`,
          ),
        ),
      busy,
    );
  });
  expect(lines()).toHaveLength(4);
  expect(piped.stderr.text).toBe('');
});

test('tells programs each change as a line of JSON', async () => {
  await add('greeter', 'greeter-1');
  await add('orders', 'orders-1');
  const piped = new MemoryTerminal({ env: registry.env });
  const changes = (): unknown[] => piped.stdout.lines.map((line) => JSON.parse(line) as unknown);
  await watching(
    piped,
    async () => {
      await eventually(() => expect(changes()).toHaveLength(1), busy);
      sick();
      await eventually(() => expect(changes()).toHaveLength(2), busy);
    },
    ...['greeter', '--json'],
  );
  const node = { service: 'greeter', node: 'greeter-1', version: '1.0.0', address };
  expect(changes()).toEqual([
    {
      ...{ change: 'present', ...node, state: 'ready', well: true },
      checks: [{ name: 'database', kind: 'readiness', state: 'healthy' }],
    },
    { change: 'changed', ...node, state: 'not-ready', well: false, ...{ checks: answer.checks } },
  ]);
});

test('draws on a terminal a table that is kept up to date', async () => {
  const people = new MemoryTerminal({ env: { ...registry.env, NO_COLOR: '1' }, isTTY: true, columns: 160 });
  await watching(
    people,
    async () => {
      await eventually(() => expect(people.stdout.text).toContain('No node of greeter is running.\n'), busy);
      await add('greeter', 'greeter-1');
      await eventually(() => expect(people.stdout.text).toMatch(/greeter-1 .* ready {2}1 healthy\n/), busy);
      sick();
      await eventually(
        () => expect(people.stdout.text).toMatch(/greeter-1 .* not-ready {2}database unhealthy\n/),
        busy,
      );
    },
    'greeter',
  );
  expect(people.stdout.text).toContain('asked every 0.02 s; Ctrl-C ends it');
  // The next drawing begins where the one before did.
  expect(people.stdout.text).toContain('\u001b[4A');
});

test('one that goes is told with what it was', async () => {
  const greeter = await registry.register({ service: 'greeter', id: 'greeter-1', addresses: { http: address } });
  const piped = new MemoryTerminal({ env: registry.env });
  await watching(piped, async () => {
    await eventually(() => expect(piped.stdout.lines).toHaveLength(1), busy);
    await greeter.deregister();
    await eventually(() => expect(piped.stdout.lines[1]).toMatch(/^- {2}greeter {2}greeter-1 .* ready/), busy);
  });
});

test('ends where no patience helps', async () => {
  const wrong = new MemoryTerminal({ env: { SKERRY_LOCAL_REGISTRY_DIR: '/dev/null' } });
  expect(await runProgram(['health', '--watch'], wrong)).toBe(1);
  expect(wrong.stderr.text).toMatch(/^SKERRY_REGISTRY_UNSAFE_DIRECTORY/);
});

test('leaves nothing open', async () => {
  await add('greeter', 'greeter-1');
  const before = openHandles();
  const piped = new MemoryTerminal({ env: registry.env });
  await watching(piped, () => eventually(() => expect(piped.stdout.lines).toHaveLength(1), busy));
  await before.nothingMore();
});
