import { eventually, openHandles } from '@skerry-private/test-kit';
import { LocalRegistryDriver, Registry, SystemClock } from '@skerry/core';
import { countdown, hello } from '../fixtures/greeter.js';
import { MemoryTerminal } from '../fixtures/memory-terminal.js';
import { RegistryDirectory } from '../fixtures/registry-directory.js';
import { runProgram } from '../program.js';

// A machine that is busy with other tests.
const busy = { withinMs: 15_000 };

let directory: RegistryDirectory;
let registry: Registry;
beforeEach(async () => {
  directory = await RegistryDirectory.create();
  const clock = new SystemClock();
  registry = new Registry(new LocalRegistryDriver(clock, { directory: directory.path }), clock);
});
afterEach(async () => {
  await registry.close();
  await directory.close();
});

function node(service: string, id: string, change: object = {}): Parameters<Registry['register']>[0] {
  const addresses = { skerry: `tcp://127.0.0.1:4101` };
  return { service, id, version: '1.0.0', addresses, weight: 100, metadata: {}, endpoints: [hello], ...change };
}

/** Watches while `work` goes on, and then presses Ctrl-C. */
async function watching(terminal: MemoryTerminal, work: () => Promise<void>, ...args: string[]): Promise<void> {
  const running = runProgram(['services', '--watch', ...args], terminal);
  await work();
  terminal.interrupt();
  expect(await running).toBe(130);
}

test('tells of what was there, of what comes, is another, and goes, one line for each', async () => {
  const greeter = registry.register(node('greeter', 'greeter-1'));
  await greeter.ready;
  const piped = new MemoryTerminal({ env: directory.env });
  const lines = (): string[] => piped.stdout.lines;
  await watching(piped, async () => {
    await eventually(() => expect(lines()).toEqual(['   greeter  greeter-1  1.0.0  tcp://127.0.0.1:4101']), busy);
    await registry.register(node('orders', 'orders-1')).ready;
    await eventually(() => expect(lines()[1]).toBe('+  orders  orders-1  1.0.0  tcp://127.0.0.1:4101'), busy);
    await registry.register(node('greeter', 'greeter-2', { version: '1.1.0' })).ready;
    await eventually(() => expect(lines()[2]).toBe('+  greeter  greeter-2  1.1.0  tcp://127.0.0.1:4101'), busy);
    await greeter.deregister();
    await eventually(() => expect(lines()[3]).toBe('-  greeter  greeter-1  1.0.0  tcp://127.0.0.1:4101'), busy);
  });
  expect(lines()).toHaveLength(4);
});

test('tells programs in JSON', async () => {
  await registry.register(node('greeter', 'greeter-1')).ready;
  const piped = new MemoryTerminal({ env: directory.env });
  const before = () => eventually(() => expect(piped.stdout.lines).toHaveLength(1), busy);
  await watching(piped, before, '--json');
  expect(JSON.parse(piped.stdout.text)).toEqual({
    change: 'present',
    service: 'greeter',
    node: 'greeter-1',
    version: '1.0.0',
    address: 'tcp://127.0.0.1:4101',
  });
});

test('draws on a terminal a table that is kept up to date', async () => {
  const people = new MemoryTerminal({ env: { ...directory.env, NO_COLOR: '1' }, isTTY: true, columns: 100 });
  await watching(people, async () => {
    await eventually(() => expect(people.stdout.text).toContain('No service is running.'), busy);
    await registry.register(node('greeter', 'greeter-1', { endpoints: [countdown, hello] })).ready;
    await eventually(() => expect(people.stdout.text).toMatch(/greeter {2}1\.0\.0 {5}1 {6}2\n/), busy);
  });
  // The second drawing begins where the first did.
  expect(people.stdout.text).toContain('\u001b[3A');
});

test('ends where no patience helps', async () => {
  const wrong = new MemoryTerminal({ env: { SKERRY_LOCAL_REGISTRY_DIR: '/dev/null' } });
  expect(await runProgram(['services', '--watch'], wrong)).toBe(1);
  expect(wrong.stderr.text).toMatch(/^SKERRY_REGISTRY_UNSAFE_DIRECTORY/);
});

test('leaves nothing open', async () => {
  await registry.register(node('greeter', 'greeter-1')).ready;
  const before = openHandles();
  const piped = new MemoryTerminal({ env: directory.env });
  await watching(piped, () => eventually(() => expect(piped.stdout.lines).toHaveLength(1), busy));
  await before.nothingMore();
});
