import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually, processStarter, residentBytes, type RunningProcess } from '@skerry-private/test-kit';
import {
  LocalRegistryDriver,
  Module,
  REGISTRY_DRIVER,
  Skerry,
  SystemClock,
  tokenKey,
  type Application,
  type Client,
  type SkerryError,
} from '@skerry/core';
import type { Echo } from './programs/echo.module.js';

const echoMain = fileURLToPath(new URL('../dist/programs/echo.js', import.meta.url));

@Module()
class CallerModule {}

describe('two processes', () => {
  const startProcess = processStarter(afterEach);
  let directory: string;
  let caller: Application;
  let echo: Client<Echo>;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'skerry-e2e-'));
    const driver = new LocalRegistryDriver(new SystemClock(), { directory });
    const overrides = new Map([[tokenKey(REGISTRY_DRIVER), { provide: REGISTRY_DRIVER, useValue: driver }]]);
    caller = await Skerry.create(CallerModule, { logLevel: 'silent', overrides });
    await caller.start();
    echo = caller.client<Echo>('echo');
  });

  afterEach(async () => {
    await caller.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  async function startEcho(): Promise<RunningProcess> {
    const process_ = await startProcess(process.execPath, [echoMain], {
      env: { SKERRY_LOCAL_REGISTRY_DIR: directory },
    });
    await process_.waitForLine(/is serving echo/);
    return process_;
  }

  test('one whose log nobody reads any more goes on, and stops in order', async () => {
    const script = `'${process.execPath}' '${echoMain}' & echo pid $! >&2; wait $!; echo exit $? >&2`;
    // The pipe loses its reader with the first line.
    const process_ = await startProcess('sh', ['-c', `{ ${script}; } | head -n 1`], {
      env: { SKERRY_LOCAL_REGISTRY_DIR: directory },
    });
    await process_.waitForLine(/is serving echo/);
    const { pid } = /pid (?<pid>\d+)/.exec(process_.output)!.groups!;
    await expect(echo.pid()).resolves.toBe(Number(pid));
    process.kill(Number(pid), 'SIGTERM');
    await process_.waitForLine(/exit 0/);
    expect(process_.output).toMatch(/log lines are dropped from here on/);
  });

  test('after kill -9 calls fail within their deadline, naming service, node and attempt, and work again with a new instance', async () => {
    const first = await startEcho();
    await expect(echo.pid()).resolves.toBe(first.pid);
    first.kill('SIGKILL');
    await first.exited;

    for (let call = 0; call < 3; call++) {
      const startedAt = performance.now();
      const error = await echo.pid(undefined, { timeoutMs: 400 }).then(
        () => undefined,
        (failure: unknown) => failure as SkerryError,
      );
      expect(performance.now() - startedAt).toBeLessThan(1_400);
      // The first may still be sent on the connection whose end has not been read yet: then it may have run.
      const sent = call === 0 && error?.code === 'SKERRY_RPC_CONNECTION_LOST';
      if (!sent) expect(['SKERRY_RPC_CONNECT_FAILED', 'SKERRY_RPC_NO_NODE']).toContain(error?.code);
      expect(error).toMatchObject({ status: 'UNAVAILABLE', retryable: !sent });
      expect(error?.message).toMatch(/echo.*attempt/);
      expect(error?.message).toMatch(/echo-[0-9a-f]{8}/);
      expect(error?.details).toMatchObject({
        service: 'echo',
        handler: 'pid',
        node: expect.stringMatching(/^echo-/),
        attempt: expect.any(Number),
      });
    }

    // A call that begins while nobody is there is answered by whoever comes.
    const waiting = echo.pid(undefined, { timeoutMs: 20_000 });
    const second = await startEcho();
    await expect(waiting).resolves.toBe(second.pid);
    await expect(echo.pid()).resolves.toBe(second.pid);
  });

  test('a call that is under way when its node dies fails at once, and says that it may have run', async () => {
    const process_ = await startEcho();
    const call = echo.forever(undefined, { timeoutMs: 60_000 }).then(
      () => undefined,
      (failure: unknown) => failure as SkerryError,
    );
    await process_.waitForLine(/forever has begun/);
    process_.kill('SIGKILL');
    const error = await call;
    expect(error?.code).toBe('SKERRY_RPC_CONNECTION_LOST');
    expect(error?.message).toMatch(/echo\.forever.*node echo-\w+ at tcp:.*attempt 1.*may have run/);
  });

  test('idempotent calls survive kill -9 while another instance runs', async () => {
    const processes = [await startEcho(), await startEcho()];
    await eventually(async () => expect(new Set([await echo.pid(), await echo.pid()]).size).toBe(2));
    const loop = new Loop(() => echo.idempotentPid());
    await loop.until(200);
    processes[0]!.kill('SIGKILL');
    await processes[0]!.exited;
    await loop.until(loop.answers.length + 200);
    expect(await loop.end()).toEqual([]);
    expect(loop.answers.at(-1)).toBe(processes[1]!.pid);
  });

  test('SIGTERM under a loop of calls loses none of them while another instance runs', async () => {
    const processes = [await startEcho(), await startEcho()];
    await eventually(async () => expect(new Set([await echo.pid(), await echo.pid()]).size).toBe(2));
    const loop = new Loop(() => echo.pidSoon());
    await loop.until(300);
    expect(new Set(loop.answers)).toEqual(new Set(processes.map(({ pid }) => pid)));
    processes[0]!.kill('SIGTERM');
    await expect(processes[0]!.exited).resolves.toEqual({ code: 0, signal: null });
    await loop.until(loop.answers.length + 300);
    expect(await loop.end()).toEqual([]);
    expect(new Set(loop.answers.slice(-100))).toEqual(new Set([processes[1]!.pid]));
  });

  test('a stream of 1 GB needs little memory on either side, also while its consumer rests', async () => {
    const process_ = await startEcho();
    const before = { there: residentBytes(process_.pid), here: process.memoryUsage().rss };
    let [bytes, there, here] = [0, 0, 0];
    let items = 0;
    for await (const item of echo.bulk(16_384)) {
      bytes += item.length;
      if (++items % 2_048 !== 0) continue;
      await new Promise((resolve) => setTimeout(resolve, 20));
      there = Math.max(there, residentBytes(process_.pid));
      here = Math.max(here, process.memoryUsage().rss);
    }
    expect(bytes).toBe(2 ** 30);
    expect(there - before.there).toBeLessThan(100 * 1024 * 1024);
    expect(here - before.here).toBeLessThan(150 * 1024 * 1024);
  }, 90_000);

  test('a promise that a handler forgot stops its process in order, with what was under way', async () => {
    const process_ = await startEcho();
    const soon = echo.pidSoon();
    await expect(echo.forget()).resolves.toBe('done');
    await expect(soon).resolves.toBe(process_.pid);
    await expect(process_.exited).resolves.toEqual({ code: 1, signal: null });
    expect(process_.output).toMatch(
      /a promise was rejected, and nobody waited for it[^]*forgotten[^]*drain[^]*has stopped/,
    );
  });

  test('a second signal stops at once what does not want to stop', async () => {
    const process_ = await startEcho();
    echo.forever(undefined, { timeoutMs: 60_000 }).catch(() => undefined);
    await process_.waitForLine(/forever has begun/);
    process_.kill('SIGTERM');
    await process_.waitForLine(/is stopping: SIGTERM/);
    // At once it is taken for the same Ctrl-C, passed on by a parent.
    process_.kill('SIGINT');
    await eventually(() => {
      process_.kill('SIGINT');
      expect(process_.output).toContain('came again');
    });
    await expect(process_.exited).resolves.toMatchObject({ code: 1 });
  });
});

/** Keeps 20 calls under way until it is ended; remembers what they gave and how they failed. */
class Loop {
  readonly answers: unknown[] = [];
  private readonly failures: unknown[] = [];
  private going = true;
  private readonly workers: Promise<void>[];

  constructor(private readonly call: () => Promise<unknown>) {
    this.workers = Array.from({ length: 20 }, () => this.work());
  }

  async until(answers: number): Promise<void> {
    await eventually(() => expect(this.answers.length + this.failures.length).toBeGreaterThanOrEqual(answers), {
      withinMs: 15_000,
    });
  }

  /** Gives the failures, when the last call is over. */
  async end(): Promise<unknown[]> {
    this.going = false;
    await Promise.all(this.workers);
    return this.failures;
  }

  private async work(): Promise<void> {
    while (this.going) {
      try {
        this.answers.push(await this.call());
      } catch (error) {
        this.failures.push(error);
      }
    }
  }
}
