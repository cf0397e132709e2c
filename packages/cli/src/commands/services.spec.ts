import { openHandles } from '@skerry-private/test-kit';
import { countdown, hello } from '../fixtures/greeter.js';
import { MemoryTerminal } from '../fixtures/memory-terminal.js';
import { RegistryDirectory } from '../fixtures/registry-directory.js';
import { runProgram } from '../program.js';

let registry: RegistryDirectory;
beforeEach(async () => (registry = await RegistryDirectory.create()));
afterEach(() => registry.close());

async function services(...args: string[]): Promise<MemoryTerminal & { exitCode: number | undefined }> {
  const terminal = new MemoryTerminal({ env: registry.env });
  const exitCode = await runProgram(['services', ...args], terminal);
  return Object.assign(terminal, { exitCode });
}

async function registerSome(): Promise<void> {
  await registry.register({ service: 'orders', id: 'orders-1' });
  await registry.register({ service: 'greeter', id: 'greeter-1', version: '1.9.0', endpoints: [hello] });
  await registry.register({ service: 'greeter', id: 'greeter-2', version: '1.10.0', endpoints: [countdown, hello] });
  await registry.register({ service: 'greeter', id: 'greeter-3', version: '1.10.0', endpoints: [countdown, hello] });
}

test('lists services by name, with their versions, nodes and handlers', async () => {
  await registerSome();
  const { stdout, stderr, exitCode } = await services();
  expect(stdout.text).toBe(
    `SERVICE  VERSIONS       NODES  HANDLERS
greeter  1.10.0, 1.9.0  3      2
orders   1.0.0          1      0
`,
  );
  expect(stderr.text).toBe('');
  expect(exitCode).toBe(0);
});

test('leaves out what Skerry registers for itself, unless asked for all', async () => {
  await registerSome();
  await registry.register({ service: 'skerry.inbox', id: 'inbox-1' });
  expect((await services()).stdout.text).not.toContain('skerry.');
  expect((await services('--all')).stdout.text).toMatch(/^skerry\.inbox /m);
});

test('lists them as one line of JSON for programs', async () => {
  await registerSome();
  const { stdout } = await services('--json');
  expect(stdout.lines).toHaveLength(1);
  expect(JSON.parse(stdout.text)).toEqual([
    { name: 'greeter', versions: ['1.10.0', '1.9.0'], nodes: 3, handlers: 2 },
    { name: 'orders', versions: ['1.0.0'], nodes: 1, handlers: 0 },
  ]);
});

test('says where it looked and what to try when nothing runs', async () => {
  const { stdout, exitCode } = await services();
  expect(stdout.lines[0]).toBe(`No service is running: the local registry (${registry.path}) is empty.`);
  expect(stdout.text).toContain('skerry run');
  expect(stdout.text).toContain('SKERRY_LOCAL_REGISTRY_DIR');
  expect(exitCode).toBe(0);
});

test('prints an empty list for programs when nothing runs', async () => {
  expect((await services('--json')).stdout.text).toBe('[]\n');
});

test('reports a registry that cannot be used, as JSON where JSON was asked for', async () => {
  const env = { SKERRY_LOCAL_REGISTRY_DIR: '/dev/null' };
  const people = new MemoryTerminal({ env });
  expect(await runProgram(['services'], people)).toBe(1);
  expect(people.stderr.text).toMatch(/^SKERRY_REGISTRY_UNSAFE_DIRECTORY {2}.*\/dev\/null/);
  const programs = new MemoryTerminal({ env });
  expect(await runProgram(['services', '--json'], programs)).toBe(1);
  expect(JSON.parse(programs.stderr.text)).toMatchObject({ code: 'SKERRY_REGISTRY_UNSAFE_DIRECTORY' });
  expect([people.stdout.text, programs.stdout.text]).toEqual(['', '']);
});

test('leaves nothing open', async () => {
  await registerSome();
  const before = openHandles();
  await services();
  await before.nothingMore();
});
