import { eventually, processStarter } from '@skerry-private/test-kit';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

// The runner in a workspace of its own, whose tools are scripts of a few lines.
const startProcess = processStarter(afterEach);
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'skerry-run-'));
  const tools = resolve(import.meta.dirname, '..');
  cpSync(join(tools, 'run.mjs'), join(root, 'tools/run.mjs'));
  cpSync(join(tools, 'run'), join(root, 'tools/run'), { recursive: true });
  write('package.json', JSON.stringify({ engines: { node: '>=20.19' } }));
  write('package-lock.json', JSON.stringify({ packages: {} }));
  write('node_modules/.package-lock.json', JSON.stringify({ packages: {} }));
  write('node_modules/.bin/nx', `console.log('built everything');`);
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, text: string): void {
  mkdirSync(join(root, dirname(file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

/** A Jest that has these results. */
const jest = (tally: object, then = '') =>
  write('node_modules/.bin/jest', `process.send(${JSON.stringify(tally)}); ${then}`);

const start = (...args: string[]) =>
  startProcess(process.execPath, ['tools/run.mjs', ...args], { cwd: root, env: { CI: 'true', NO_COLOR: '1' } });

async function run(...args: string[]): Promise<{ code: number | null; lines: string[] }> {
  const running = await start(...args);
  const { code } = await running.exited;
  return { code, lines: running.output.split('\n') };
}

test('a build says what it does and keeps the rest to itself', async () => {
  const { code, lines } = await run('build');
  expect(code).toBe(0);
  expect(lines).toEqual(['Building ...', expect.stringMatching(/^Built in \d+\.\d s$/)]);
});

test('a build that fails shows everything', async () => {
  write('node_modules/.bin/nx', `console.log('\\x1b[31merror in a.ts\\x1b[0m'); process.exitCode = 3;`);
  const { code, lines } = await run('build');
  expect(code).toBe(1);
  expect(lines).toContain('error in a.ts');
  expect(lines.at(-1)).toMatch(/^Building failed after .* \(exit code 3\)\.$/);
});

test.each([
  ['all passed', { passed: 3, failed: 0, skipped: 0 }, '', 0, '3 passed, 0 failed'],
  ['some were skipped', { passed: 3, failed: 0, skipped: 2 }, '', 0, '3 passed, 0 failed, 2 skipped'],
  ['some failed', { passed: 3, failed: 1, skipped: 0 }, 'process.exitCode = 1', 1, '3 passed, 1 failed'],
  ['none was executed', { passed: 0, failed: 0, skipped: 2 }, '', 1, '0 passed, 1 failed, 2 skipped'],
  [
    'Jest failed for another reason',
    { passed: 3, failed: 0, skipped: 0 },
    'process.exitCode = 1',
    1,
    '3 passed, 1 failed',
  ],
])('the last line and the exit code of a test run tell that %s', async (_, tally, then, exitCode, line) => {
  jest(tally, then);
  const { code, lines } = await run('test');
  expect({ code, line: lines.at(-1) }).toEqual({ code: exitCode, line });
});

test.each([
  ['Jest crashed', () => write('node_modules/.bin/jest', `process.kill(process.pid, 'SIGKILL');`)],
  ['the build failed', () => write('node_modules/.bin/nx', `process.exitCode = 1;`)],
  ['Node is too old', () => write('package.json', JSON.stringify({ engines: { node: '>=99.0' } }))],
])('a test run that could not be is a failure: %s', async (_, broken) => {
  broken();
  const { code, lines } = await run('test');
  expect({ code, line: lines.at(-1) }).toEqual({ code: 1, line: '0 passed, 1 failed' });
});

test('an old Node is told what to do', async () => {
  write('package.json', JSON.stringify({ engines: { node: '>=99.0' } }));
  const { code, lines } = await run('start');
  expect(code).toBe(1);
  expect(lines[0]).toContain(`Skerry needs Node 99.0 or later, and ${process.execPath} is ${process.versions.node}.`);
});

test('arguments go on to the tool', async () => {
  jest({ passed: 1, failed: 0, skipped: 0 }, 'console.log(process.argv.slice(2).join());');
  const { lines } = await run('test', 'registry', '--bail');
  expect(lines).toContain('registry,--bail');
});

test('an unknown command is refused with those there are', async () => {
  const { code, lines } = await run('tset');
  expect(code).toBe(1);
  expect(lines[0]).toMatch(/^No command "tset"; there are start, test, build/);
});

describe('a signal', () => {
  // Stops on the first signal when it has been told to, and says so.
  const server = (stops: boolean) =>
    write(
      'apps/hello/dist/start.js',
      `let signals = 0;
       process.on('SIGINT', () => {
         console.log('signal ' + ++signals);
         if (${stops}) setTimeout(() => process.exit(0), 50);
       });
       const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
       console.log('ready, child ' + child.pid);`,
    );

  test('sent twice by one key press reaches the program once, and its exit code is ours', async () => {
    server(true);
    const running = await start('start');
    await running.waitForLine('ready');
    running.kill('SIGINT');
    running.kill('SIGINT');
    expect(await running.exited).toEqual({ code: 0, signal: null });
    expect(running.output).toContain('signal 1');
    expect(running.output).not.toContain('signal 2');
  });

  test('leaves none of the program’s children', async () => {
    server(true);
    const running = await start('start');
    const [, child] = await running.waitForLine(/child (\d+)/);
    running.kill('SIGINT');
    await running.exited;
    await eventually(() => expect(() => process.kill(Number(child), 0)).toThrow('ESRCH'));
  });

  test('ends us as it does the tool that does not handle it', async () => {
    write('node_modules/.bin/nx', `console.error('building'); setInterval(() => {}, 1000);`);
    const running = await start('start');
    await running.waitForLine('Building ...');
    running.kill('SIGTERM');
    expect(await running.exited).toEqual({ code: null, signal: 'SIGTERM' });
  });
});
