import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Guard } from './guard.js';
import { RunningProcess } from './running-process.js';

export interface ProcessOptions {
  /** Added to the environment of the test; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default: the test's own. */
  readonly cwd?: string;
}

/** Resolves once the process runs; rejects when it cannot be started. */
export type StartProcess = (
  command: string,
  args?: readonly string[],
  options?: ProcessOptions,
) => Promise<RunningProcess>;

/**
 * Gives a function that starts processes, and has the runner's hook end them all, with the whole process group of each; they
 * end as well when the run is interrupted.
 *
 *     const startProcess = processStarter(afterEach);
 *
 *     test('greets', async () => {
 *       const server = await startProcess(process.execPath, ['dist/main.js'], { env: { PORT: '0' } });
 *       const [, port] = await server.waitForLine(/listening on (\d+)/);
 *
 * @param hook `afterEach` of the test runner, or `afterAll` for processes that several tests share.
 */
export function processStarter(hook: (end: () => Promise<void>) => void): StartProcess {
  const guard = new Guard();
  let running: RunningProcess[] = [];
  hook(async () => {
    const ending = running;
    running = [];
    await Promise.all(ending.map((each) => each.end()));
    guard.release();
  });
  return async (command, args = [], { env, cwd } = {}) => {
    const child = spawn(command, args, {
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      cwd,
    });
    // Taken hold of before anything is awaited, so that nothing it prints is missed.
    const started = child.pid === undefined ? undefined : new RunningProcess([command, ...args].join(' '), child);
    if (started) {
      running.push(started);
      guard.watch(started.pid);
    }
    try {
      await once(child, 'spawn');
    } catch (cause) {
      const { message } = cause as Error;
      throw new Error(`cannot start ${command} in ${cwd ?? process.cwd()}: ${message}`, { cause });
    }
    return started!;
  };
}
