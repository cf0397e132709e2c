import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually, processStarter, type RunningProcess } from '@skerry-private/test-kit';
import {
  LocalRegistryDriver,
  Module,
  REGISTRY_DRIVER,
  Skerry,
  SystemClock,
  tokenKey,
  type Application,
  type Client,
} from '@skerry/core';
import type { Echo } from './programs/echo.module.js';
import { Load, p99 } from './programs/load.js';

const echoMain = fileURLToPath(new URL('../dist/programs/echo.js', import.meta.url));
const perSecond = 500;

@Module()
class CallerModule {}

describe('three instances under 500 calls a second', () => {
  const startProcess = processStarter(afterEach);
  let directory: string;
  let caller: Application;
  let echo: Client<Echo>;
  let instances: RunningProcess[];

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'skerry-three-'));
    const driver = new LocalRegistryDriver(new SystemClock(), { directory });
    const overrides = new Map([[tokenKey(REGISTRY_DRIVER), { provide: REGISTRY_DRIVER, useValue: driver }]]);
    caller = await Skerry.create(CallerModule, { logLevel: 'silent', overrides });
    await caller.start();
    echo = caller.client<Echo>('echo');
    instances = await Promise.all([startEcho(), startEcho(), startEcho()]);
    await everyone(new Set(instances.map(({ pid }) => pid)));
  });

  afterEach(async () => {
    await caller.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  async function startEcho(): Promise<RunningProcess> {
    const instance = await startProcess(process.execPath, [echoMain], {
      env: { SKERRY_LOCAL_REGISTRY_DIR: directory },
    });
    await instance.waitForLine(/is serving echo/);
    return instance;
  }

  /** Waits until just these answer. */
  async function everyone(pids: ReadonlySet<number>): Promise<void> {
    await eventually(
      async () => expect(new Set(await Promise.all(Array.from({ length: 30 }, () => echo.pid())))).toEqual(pids),
      { withinMs: 15_000 },
    );
  }

  async function ended(load: Load, calls: number): Promise<void> {
    const since = performance.now();
    await eventually(() => expect(load.endedSince(since)).toBeGreaterThan(calls), { withinMs: 20_000 });
  }

  test('lose no call while each of them is restarted in turn', async () => {
    // Not idempotent: what may have run is not sent again.
    const load = new Load(() => echo.pidSoon(), perSecond);
    await ended(load, 300);
    for (const leaving of [...instances]) {
      leaving.kill('SIGTERM');
      await expect(leaving.exited).resolves.toEqual({ code: 0, signal: null });
      const coming = await startEcho();
      await eventually(() => expect(load.answersSince(performance.now() - 200)).toContain(coming.pid), {
        withinMs: 15_000,
      });
    }
    await load.end();
    expect(load.failuresByCode).toEqual({});
    expect(load.samples.length).toBeGreaterThan(1_000);
    expect(instances[0]!.output).toMatch(/deregister[^]*wait[^]*drain[^]*close[^]*has stopped/);
  });

  test('answer every idempotent call, and tell the others at once, when one of them is killed', async () => {
    const safe = new Load(() => echo.idempotentPid(), perSecond);
    const unsafe = new Load(() => echo.pidSoon(), perSecond);
    await ended(safe, 300);
    const killedAt = performance.now();
    instances[0]!.kill('SIGKILL');
    await ended(safe, 1_500);
    await Promise.all([safe.end(), unsafe.end()]);
    expect(safe.failuresByCode).toEqual({});
    // Those that were under way there, and no others.
    expect(Object.keys(unsafe.failuresByCode)).toEqual(
      unsafe.failures.length > 0 ? ['SKERRY_RPC_CONNECTION_LOST'] : [],
    );
    expect(unsafe.failures.length).toBeLessThan(perSecond / 10);
    for (const { beganAt, tookMs } of unsafe.failures) {
      expect(beganAt).toBeLessThan(killedAt + 1_000);
      expect(tookMs).toBeLessThan(5_000);
    }
    expect(safe.answersSince(killedAt + 500)).toEqual(new Set([instances[1]!.pid, instances[2]!.pid]));
  });

  test('go on when one of them freezes, and it is called again when it thaws', async () => {
    const load = new Load(() => echo.idempotentPid(), perSecond);
    await ended(load, 500);
    const frozenAt = performance.now();
    instances[0]!.kill('SIGSTOP');
    await ended(load, perSecond * 7);
    const late = load.samples.filter(({ beganAt }) => beganAt > frozenAt + 5_000);
    expect(late.length).toBeGreaterThan(200);
    instances[0]!.kill('SIGCONT');
    const thawedAt = performance.now();
    await eventually(() => expect(load.answersSince(thawedAt)).toContain(instances[0]!.pid), { withinMs: 10_000 });
    await load.end();
    const during = load.samples.filter(({ beganAt }) => beganAt > frozenAt && beganAt < thawedAt);
    const failed = during.filter(({ failure }) => failure !== undefined);
    expect(during.length).toBeGreaterThan(perSecond);
    expect(failed.length).toBeLessThanOrEqual(during.length * 0.02);
    expect(late.filter(({ failure }) => failure !== undefined)).toEqual([]);
    expect(p99(late)).toBeLessThan(1_000);
  });
});
