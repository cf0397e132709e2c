import { eventually } from '@skerry-private/test-kit';
import { hello } from '../fixtures/greeter.js';
import { MemoryTerminal } from '../fixtures/memory-terminal.js';
import { RegistryDirectory } from '../fixtures/registry-directory.js';
import type { Keyboard } from '../terminal/keyboard.js';
import { DevKeys } from './dev-keys.js';

class FakeKeyboard implements Keyboard {
  press!: (key: string) => void;
  readonly questions: string[] = [];
  answer: string | undefined;

  onKey(listener: (key: string) => void): void {
    this.press = listener;
  }

  ask(question: string): Promise<string | undefined> {
    this.questions.push(question);
    return Promise.resolve(this.answer);
  }

  close(): void {}
}

const app = (name: string) => ({ name, directory: '/', entry: '/main.ts', standalone: true, module: '/app.module.ts' });

let registry: RegistryDirectory;
let keyboard: FakeKeyboard;
let terminal: MemoryTerminal;
let told: string[];
let apps: ReturnType<typeof app>[];

beforeEach(async () => {
  registry = await RegistryDirectory.create();
  keyboard = new FakeKeyboard();
  terminal = new MemoryTerminal({ env: registry.env });
  told = [];
  apps = [app('greeter'), app('reception')];
  new DevKeys(
    { apps, restart: (name = 'all') => told.push(`restart ${name}`) },
    { say: (line) => told.push(line), hold: () => told.push('hold'), release: () => told.push('release') },
    keyboard,
    terminal,
    () => told.push('quit'),
  );
});
afterEach(() => registry.close());

/** What is done for a key, between the log's being held and released. */
async function done(key: string, answer?: string): Promise<string[]> {
  keyboard.answer = answer;
  keyboard.press(key);
  await eventually(() => told.at(-1) === 'release');
  return told.slice(1, -1);
}

test('q quits', () => {
  keyboard.press('q');
  expect(told).toEqual(['quit']);
});

test('r restarts all, or the one that is chosen', async () => {
  expect(await done('r', '')).toEqual(['restart all']);
  expect(keyboard.questions).toEqual(['restart which of greeter, reception? (all) ']);
});

test.each([
  ['reception', ['restart reception']],
  ['nobody', []],
  [undefined, []],
])('r with the answer %p does %j', async (answer, expected) => {
  expect(await done('r', answer)).toEqual(expected);
});

test('r asks nothing where there is one', async () => {
  apps.pop();
  expect(await done('r')).toEqual(['restart all']);
  expect(keyboard.questions).toEqual([]);
});

test('s lists the services, and the log goes on after it', async () => {
  await registry.register({ service: 'greeter', id: 'greeter-1', endpoints: [hello] });
  await done('s');
  expect(terminal.stdout.text).toMatch(/^greeter +1\.0\.0 +1 +1$/m);
});

test('c calls what is written, and tells what goes wrong', async () => {
  await done('c', 'greeter');
  expect(terminal.stderr.text).toContain("'greeter' is not the name of a handler");
});

test('c with quotes, as for a shell, is the same', async () => {
  await done('c', `greeter.hello '{"name":'`);
  expect(terminal.stderr.text).toContain('skerry call');
  expect(terminal.stderr.text).not.toContain(`'{`);
});

test('? lists the keys, and any other key does nothing', async () => {
  keyboard.press('x');
  expect(told).toEqual([]);
  await done('?');
  expect(terminal.stdout.lines).toHaveLength(5);
});
