import { countdown, hello } from '../fixtures/greeter.js';
import { MemoryTerminal } from '../fixtures/memory-terminal.js';
import { RegistryDirectory } from '../fixtures/registry-directory.js';
import { runProgram } from '../program.js';

let registry: RegistryDirectory;
beforeEach(async () => (registry = await RegistryDirectory.create()));
afterEach(() => registry.close());

async function describeService(...args: string[]): Promise<MemoryTerminal & { exitCode: number | undefined }> {
  const terminal = new MemoryTerminal({ env: registry.env });
  const exitCode = await runProgram(['describe', ...args], terminal);
  return Object.assign(terminal, { exitCode });
}

async function registerTwoVersions(): Promise<void> {
  await registry.register({ service: 'greeter', id: 'greeter-a', version: '1.0.0', endpoints: [hello] });
  await registry.register({
    ...{ service: 'greeter', id: 'greeter-b', version: '1.1.0', endpoints: [countdown, hello] },
    ...{ metadata: { team: 'north' }, addresses: { skerry: 'tcp://127.0.0.1:4102', grpc: 'tcp://127.0.0.1:4103' } },
  });
}

test('shows nodes, and handlers with their messages and how to call them', async () => {
  await registerTwoVersions();
  const { stdout, stderr, exitCode } = await describeService('greeter');
  expect(stdout.text).toBe(
    `greeter  1.1.0, 1.0.0

Nodes
  ID         VERSION  ADDRESS                                         METADATA
  greeter-a  1.0.0    tcp://127.0.0.1:4101
  greeter-b  1.1.0    tcp://127.0.0.1:4102 grpc=tcp://127.0.0.1:4103  team=north

Handlers
  countdown  server stream, not in 1.0.0
    request  from           integer  required  1 to 10
    item     not described
    try      skerry call greeter.countdown '{"from":1}'

  hello  unary, idempotent
    request  name     string   required  1 to 80 characters
             polite   boolean  optional
    reply    message  string   required
    try      skerry call greeter.hello '{"name":"Ada"}'
`,
  );
  expect(stderr.text).toBe('');
  expect(exitCode).toBe(0);
});

test('gives all of it, with schemas and an example, as one line of JSON', async () => {
  await registerTwoVersions();
  const { stdout } = await describeService('greeter', '--json');
  expect(stdout.lines).toHaveLength(1);
  expect(JSON.parse(stdout.text)).toEqual({
    name: 'greeter',
    versions: ['1.1.0', '1.0.0'],
    nodes: [
      { id: 'greeter-a', version: '1.0.0', addresses: { skerry: 'tcp://127.0.0.1:4101' }, weight: 100, metadata: {} },
      {
        ...{ id: 'greeter-b', version: '1.1.0', weight: 100, metadata: { team: 'north' } },
        addresses: { skerry: 'tcp://127.0.0.1:4102', grpc: 'tcp://127.0.0.1:4103' },
      },
    ],
    handlers: [
      { ...countdown, versions: ['1.1.0'], example: { from: 1 } },
      { ...hello, versions: ['1.1.0', '1.0.0'], example: { name: 'Ada' } },
    ],
  });
});

test('says when versions describe a handler differently', async () => {
  await registry.register({
    service: 'greeter',
    id: 'a',
    version: '1.0.0',
    endpoints: [{ ...hello, idempotent: false }],
  });
  await registry.register({ service: 'greeter', id: 'b', version: '2.0.0', endpoints: [hello] });
  expect((await describeService('greeter')).stdout.text).toContain('hello  unary, idempotent, different in 1.0.0\n');
});

test('names the service that was most likely meant', async () => {
  await registerTwoVersions();
  const { stdout, stderr, exitCode } = await describeService('greter');
  expect(stderr.lines[0]).toMatch(/^SKERRY_RPC_NO_NODE {2}Cannot describe greter: .* Did you mean 'greeter'\?$/);
  expect(stdout.text).toBe('');
  expect(exitCode).toBe(1);
});

test('lists what runs when nothing has a similar name', async () => {
  await registerTwoVersions();
  expect((await describeService('warehouse')).stderr.text).toContain("Running are 'greeter'.");
});

test('spells out control characters that a node tries to send to the terminal', async () => {
  await registry.register({ service: 'greeter', id: 'a', metadata: { title: '\u001b[2Jgone\n\u009b1A' } });
  const { text } = (await describeService('greeter')).stdout;
  expect(text).toContain('title=\\u001b[2Jgone\\u000a\\u009b1A');
});
