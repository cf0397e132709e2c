import { brokerEngines } from '@skerry/core';
import { FleetFolder } from '../fixtures/fleet-folder.js';
import { MemoryTerminal } from '../fixtures/memory-terminal.js';
import { runProgram } from '../program.js';

async function capabilities(terminal: MemoryTerminal, ...args: string[]): Promise<MemoryTerminal> {
  expect(await runProgram(['broker', 'capabilities', ...args], terminal)).toBe(0);
  return terminal;
}

test('shows every engine and every capability, with what that means', async () => {
  const { stdout } = await capabilities(new MemoryTerminal());
  const [head = '', ...rows] = stdout.lines;
  expect(head.trim().split(/ {2,}/)).toEqual(Object.keys(brokerEngines));
  expect(rows.map((row) => row.split(' ')[0]).sort()).toEqual(Object.keys(brokerEngines['memory']!).sort());
  expect(rows.find((row) => row.startsWith('durable'))).toMatch(/^durable +none .*what a message outlives/);
  expect(rows.find((row) => row.startsWith('queues'))).toMatch(/^queues +yes .*instances share a queue/);
  expect(rows.find((row) => row.startsWith('maxDelayMs'))).toMatch(/^maxDelayMs +24 d /);
  expect(rows.find((row) => row.startsWith('maxMessageBytes'))).toMatch(/^maxMessageBytes +4 MiB /);
});

test('has marks and colours for people, and what they mean below where there is no room beside', async () => {
  const wide = await capabilities(new MemoryTerminal({ isTTY: true, columns: 200 }));
  expect(wide.stdout.text).toContain('\u001b[32m✓\u001b[39m');
  expect(wide.stdout.lines).toHaveLength(13);
  const narrow = await capabilities(new MemoryTerminal({ isTTY: true, columns: 60, env: { NO_COLOR: '1' } }));
  expect(narrow.stdout.lines.findIndex((line) => line === '')).toBe(13);
  expect(narrow.stdout.text).toMatch(/^ {2}queues +instances share a queue/m);
});

test('is the matrix for programs', async () => {
  const { stdout } = await capabilities(new MemoryTerminal(), '--json');
  const expected = Object.entries(brokerEngines).map(([name, each]) => ({ name, ...each }));
  expect(JSON.parse(stdout.text)).toEqual(expected);
});

describe('with an application', () => {
  let folder: FleetFolder;
  beforeAll(async () => {
    folder = await FleetFolder.create();
    folder.capabilities = { replay: false, maxMessageBytes: 2048 };
  });
  afterAll(() => folder.close());

  test('adds the engine that it uses, as that is set up', async () => {
    const { stdout } = await capabilities(folder.terminal());
    const [head = '', ...rows] = stdout.lines;
    expect(head.trim().split(/ {2,}/)).toEqual([...Object.keys(brokerEngines), 'shared*']);
    expect(rows.find((row) => row.startsWith('replay'))).toMatch(/ no +a new queue can begin/);
    expect(rows.find((row) => row.startsWith('maxMessageBytes'))).toMatch(/ 2 KiB +the largest/);
    expect(rows.at(-1)).toBe('* the broker of AppModule');
  });

  test('marks the engine that it uses, where that is known', async () => {
    const marked = await capabilities(folder.terminal(), '--app', 'app.module.js#LonelyModule');
    expect(marked.stdout.lines[0]).toMatch(/^ +memory\*/);
    const { stdout } = await capabilities(folder.terminal(), '--app', 'app.module.js#LonelyModule', '--json');
    const used = (JSON.parse(stdout.text) as { name: string; used: boolean }[]).filter((each) => each.used);
    expect(used.map(({ name }) => name)).toEqual(['memory']);
  });
});
