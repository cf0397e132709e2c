import { MemoryOutput } from '../fixtures/memory-terminal.js';
import { coloursFor } from '../terminal/colours.js';
import { DevLog } from './dev-log.js';

const plain = coloursFor(new MemoryOutput(false, 80), {});
const colourful = coloursFor(new MemoryOutput(true, 80), {});

let output: MemoryOutput;
let log: DevLog;
beforeEach(() => {
  output = new MemoryOutput(false, 80);
  log = new DevLog(output, plain, false);
  log.tell({ type: 'begun', root: '/shop', apps: ['greeter', 'reception'] });
});

const printed = (line: string, app = 'greeter'): string[] => {
  const before = output.lines.length;
  log.tell({ type: 'log', app, stream: 'stdout', line });
  return output.lines.slice(before);
};

test('each line has the name of its service before it, padded to the longest', () => {
  printed('one');
  printed('two', 'reception');
  expect(output.lines).toEqual([
    'dev       │ running greeter, reception of /shop',
    'greeter   │ one',
    'reception │ two',
  ]);
});

test('a line of the log is readable, fields and stack included', () => {
  const record = { timestamp: '2026-01-02T03:04:05.678Z', level: 'warn', message: 'careful', node: 'a-1', n: 2 };
  expect(printed(JSON.stringify(record))).toEqual(['greeter   │ 03:04:05.678 warn  careful  node=a-1 n=2']);
  const error = { name: 'Error', message: 'no', stack: 'Error: no\n    at main.ts:1:2' };
  expect(printed(JSON.stringify({ ...record, error }))).toEqual([
    'greeter   │ 03:04:05.678 warn  careful  node=a-1 n=2',
    'greeter   │     Error: no',
    'greeter   │         at main.ts:1:2',
  ]);
});

test.each(['{"level":"info"}', '{', '{"timestamp":1,"level":2,"message":3}'])('%s is shown as it is', (line) => {
  expect(printed(line)).toEqual([`greeter   │ ${line}`]);
});

test('the steps of an orderly stop are left out, unless something was cut off', () => {
  const step = (message: string): string =>
    JSON.stringify({ timestamp: '2026-01-02T03:04:05.678Z', level: 'info', message });
  expect(printed(step('stopping: deregister'))).toEqual([]);
  expect(printed(step('stopping: drain, 3 finished, 0 cut off'))).toEqual([]);
  expect(printed(step('stopping: drain, 3 finished, 1 cut off'))).toHaveLength(1);
  expect(printed(step('AppModule has stopped'))).toHaveLength(1);
});

test('without colours, those of a service are taken out; with them, they are kept', () => {
  expect(printed('\u001b[31mred\u001b[39m')).toEqual(['greeter   │ red']);
  const coloured = new MemoryOutput(true, 80);
  new DevLog(coloured, colourful, false).tell({
    type: 'log',
    app: 'a',
    stream: 'stdout',
    line: '\u001b[31mred\u001b[39m',
  });
  expect(coloured.text).toContain('\u001b[31mred\u001b[39m');
});

test('a line is written whole, in one piece', () => {
  const pieces: string[] = [];
  output.onWrite((text) => pieces.push(text));
  printed('one');
  expect(pieces).toEqual(['greeter   │ one\n']);
});

test('while somebody types, what comes is kept for later', () => {
  log.hold();
  expect(printed('one')).toEqual([]);
  log.release();
  expect(output.lines.at(-1)).toBe('greeter   │ one');
});

test('a restart tells why, and how long it took', () => {
  log.tell({ type: 'restarting', app: 'greeter', files: ['a.ts', 'b.ts', 'c.ts', 'd.ts'] });
  log.tell({ type: 'ready', app: 'greeter', services: ['greeter'], tookMs: 640, restarted: true });
  log.tell({ type: 'crashed', app: 'greeter', code: 1, signal: null });
  expect(output.lines.slice(1)).toEqual([
    'dev       │ a.ts, b.ts and 2 others saved: greeter restarts',
    'dev       │ greeter restarted in 640 ms',
    'dev       │ greeter crashed (exit code 1): it starts again with the next save',
  ]);
});

test('for programs each event is an object, and a record of the log is data in it', () => {
  const json = new MemoryOutput(false, 80);
  const programs = new DevLog(json, plain, true);
  programs.tell({ type: 'log', app: 'a', stream: 'stderr', line: 'text' });
  const record = { timestamp: 't', level: 'info', message: 'm', n: 1 };
  programs.tell({ type: 'log', app: 'a', stream: 'stdout', line: JSON.stringify(record) });
  programs.say('keys');
  expect(json.lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { type: 'log', app: 'a', stream: 'stderr', line: 'text' },
    { type: 'log', app: 'a', stream: 'stdout', record },
  ]);
});
