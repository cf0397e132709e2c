import { countdown, hello } from '../fixtures/greeter.js';
import { MemoryTerminal } from '../fixtures/memory-terminal.js';
import { RegistryDirectory } from '../fixtures/registry-directory.js';
import { runProgram } from '../program.js';

let registry: RegistryDirectory;
beforeEach(async () => (registry = await RegistryDirectory.create()));
afterEach(() => registry.close());

async function completed(env: object, ...words: string[]): Promise<MemoryTerminal & { exitCode: number | undefined }> {
  const terminal = new MemoryTerminal({ env: { ...registry.env, ...env } });
  return Object.assign(terminal, { exitCode: await runProgram(['__complete', '--', ...words], terminal) });
}

test('names of what runs come with a description', async () => {
  await registry.register({
    service: 'greeter',
    id: 'greeter-1',
    endpoints: [countdown, { ...hello, description: 'Greets by name.\nIn English.' }],
  });
  await registry.register({ service: 'greeter', id: 'greeter-2', endpoints: [countdown] });
  const handlers = await completed({}, 'call', 'gre');
  expect(handlers.stdout.text).toBe('greeter.countdown\tserver-stream\ngreeter.hello\tGreets by name.\n');
  expect((await completed({}, 'describe', '')).stdout.text).toBe('greeter\t2 nodes\n');
});

test('what a shell might take for its own is left out', async () => {
  await registry.register({ service: 'greeter', id: 'greeter-1', endpoints: [hello, { ...hello, name: '$(reboot)' }] });
  expect((await completed({}, 'call', '')).stdout.lines).toEqual(['greeter.hello\tunary']);
});

test.each([
  ['a registry that cannot be asked', { SKERRY_LOCAL_REGISTRY_DIR: '/dev/null' }, ['call', '']],
  ['an application that is not there', { SKERRY_APP: 'lost.js' }, ['call', '']],
  ['words that no command has', {}, ['cal', 'x', '--y', '']],
])('%s is nobody’s business at the tab key', async (_, env, words) => {
  const { stdout, stderr, exitCode } = await completed(env, ...words);
  expect([stdout.text, stderr.text, exitCode]).toEqual(['', '', 0]);
});

test('a shell that is not known is told which are', async () => {
  const terminal = new MemoryTerminal();
  expect(await runProgram(['completion', 'tcsh'], terminal)).toBe(2);
  expect(terminal.stderr.text).toContain('Allowed choices are bash, zsh, fish');
});
