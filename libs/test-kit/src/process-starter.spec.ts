import { eventually } from './eventually.js';
import { processStarter } from './process-starter.js';

const startProcess = processStarter(afterEach);

/** A program of the test's own. */
const startScript = (script: string, env: Record<string, string | undefined> = {}) =>
  startProcess(process.execPath, ['-e', script], { env });

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('what a process prints can be waited for, also when it came before', async () => {
  const script = await startScript(`console.log('listening on 4101'); console.error('ready');`);
  await script.waitForLine('ready');
  const [, port] = await script.waitForLine(/listening on (\d+)/);
  expect(port).toBe('4101');
});

test('a text to wait for is not a pattern', async () => {
  const script = await startScript(`console.log('a+b (1)')`);
  await expect(script.waitForLine('a+b (1)')).resolves.toBeDefined();
});

test('a process that ends without the line is reported with its output', async () => {
  const script = await startScript(`console.error('no such file'); process.exitCode = 3;`);
  await expect(script.waitForLine('ready')).rejects.toThrow(
    /ended \(exit code 3\) without a line like \/ready\/.*no such file/s,
  );
});

test('a process that does not print the line in time is reported', async () => {
  const script = await startScript(`setInterval(() => {}, 1000)`);
  await expect(script.waitForLine('ready', 50)).rejects.toThrow(/went on for 50 ms/);
});

test('says how a process ended, with all that it printed', async () => {
  const script = await startScript(`process.stdout.write('x'.repeat(200_000) + '\\nend'); process.exitCode = 7;`);
  expect(await script.exited).toEqual({ code: 7, signal: null });
  expect(script.output).toHaveLength(200_004);
});

test('a signal reaches the process', async () => {
  const script = await startScript(`
    process.on('SIGTERM', () => { console.log('asked to stop'); process.exit(0); });
    setInterval(() => console.log('ready'), 5);
  `);
  await script.waitForLine('ready');
  script.kill();
  await script.waitForLine('asked to stop');
  expect(await script.exited).toEqual({ code: 0, signal: null });
});

test('the environment is the test’s with what was added and taken away', async () => {
  const script = await startScript(`console.log(process.env.ADDED, process.env.HOME, !!process.env.PATH)`, {
    ADDED: 'yes',
    HOME: undefined,
  });
  await script.waitForLine('yes undefined true');
});

test('a program that does not exist is refused', async () => {
  await expect(startProcess('no-such-program')).rejects.toThrow(/cannot start no-such-program in .*ENOENT/);
});

test('ends with its children, even when it has gone before them', async () => {
  // The child ignores SIGTERM and holds the parent's output open; the parent goes when it is told.
  const parent = await startScript(`
    const child = require('node:child_process').spawn(process.execPath, ['-e', \`
      process.on('SIGTERM', () => {});
      setInterval(() => {}, 1000);
      console.log('child is ' + process.pid);
    \`], { stdio: ['ignore', 'inherit', 'inherit'] });
    process.stdin.resume().on('end', () => process.exit(0));
  `);
  const [, child] = await parent.waitForLine(/child is (\d+)/);
  parent.stdin.end();
  expect(await parent.exited).toEqual({ code: 0, signal: null });
  expect(isAlive(Number(child))).toBe(true);
  await parent.end();
  await eventually(() => !isAlive(Number(child)));
});

test('ends even when it is stopped', async () => {
  const stopped = await startScript(`console.log('ready'); setInterval(() => {}, 1000)`);
  await stopped.waitForLine('ready');
  stopped.kill('SIGSTOP');
  await stopped.end();
  expect(isAlive(stopped.pid)).toBe(false);
});

test('the hook of the runner ends what is still running', async () => {
  let end = (): Promise<void> => Promise.reject(new Error('no hook was set'));
  const start = processStarter((hook) => (end = hook));
  const { pid, exited } = await start(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await end();
  expect(await exited).toEqual({ code: null, signal: 'SIGKILL' });
  expect(isAlive(pid)).toBe(false);
});
