import { fileURLToPath } from 'node:url';
import { ConsulModule, ConsulRegistryDriver } from '@skerry/consul';
import { Module, Skerry, SystemClock, type NodeRecord } from '@skerry/core';
import {
  consulStarter,
  eventually,
  findConsul,
  processStarter,
  type ConsulAgent,
  type RunningProcess,
} from '@skerry-private/test-kit';
import type { Echo } from './programs/echo.module.js';

const main = fileURLToPath(new URL('../dist/programs/consul/main.js', import.meta.url));
const consul = await findConsul();
const clock = new SystemClock();
const never = new AbortController().signal;

// Short, so that all of it fits into every run; with SKERRY_FULL_FAULTS=1 for as long as is promised.
const outageMs = process.env['SKERRY_FULL_FAULTS'] ? 20_000 : 5_000;
const ttlMs = 2_000;
const intervalMs = 700;

const startProcess = processStarter(afterAll);
const startConsul = consulStarter(afterAll, consul);
const endings: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const end of endings) await end();
});

(consul ? describe : describe.skip)('services in Consul', () => {
  test('come up when the agent does that was not there when they started', async () => {
    const { agent, echo, ...scene } = await openScene(false);
    await agent.kill();
    const processes = await Promise.all([scene.startEcho(), scene.startEcho(), scene.startEcho()]);
    const early = echo.pid(undefined, { timeoutMs: 20_000 });
    for (const each of processes) await each.waitForLine(/ECONNREFUSED/);
    expect(processes.filter(({ output }) => output.includes('is serving'))).toEqual([]);
    await agent.start();
    expect(await scene.allBackMs()).toBeLessThan(intervalMs + 1_000);
    for (const each of processes) await each.waitForLine(/is serving echo/);
    expect(processes.map(({ pid }) => pid)).toContain(await early);
  });

  test('one that was stopped for two TTLs is left out meanwhile, and is there again', async () => {
    const { echo, ...scene } = await openScene(false);
    const [first] = await scene.startThree();
    // What the node was sent before it stopped may have run, so nothing but what may run twice is sent again.
    const load = new Load(() => echo.idempotentPid(undefined, { timeoutMs: 15_000 }));
    await load.until(200);
    first!.kill('SIGSTOP');
    await eventually(async () => expect(await scene.registered()).toHaveLength(2), { withinMs: ttlMs + 1_000 });
    await clock.sleep(ttlMs);
    const meanwhile = load.answers.length;
    await load.until(meanwhile + 100);
    expect(load.answers.slice(meanwhile)).not.toContain(first!.pid);
    first!.kill('SIGCONT');
    const backMs = await scene.allBackMs();
    expect(backMs).toBeLessThan(intervalMs + 1_000);
    const back = load.answers.length;
    await eventually(() => expect(load.answers.slice(back)).toContain(first!.pid));
    expect(await load.end()).toEqual([]);
    load.tell('after one was stopped', backMs);
  });

  // Each has an agent and processes of its own, and most of its time is waiting.
  test.concurrent.each<[string, boolean, (agent: ConsulAgent) => Promise<void>]>([
    ['was killed and has forgotten all', false, killed],
    ['was killed and has kept its data', true, killed],
    ['hung', false, hung],
  ])(
    'go on, and are there again, each once, after their agent %s',
    async (what, persistent, fault) => {
      const { agent, echo, events, ...scene } = await openScene(persistent);
      await scene.startThree();
      const load = new Load(() => echo.pid());
      await load.until(200);
      await fault(agent);
      const backMs = await scene.allBackMs();
      await eventually(() => expect(events).toContain('service-recovered'), { withinMs: 10_000 });
      await load.until(load.answers.length + 200);
      expect(await load.end()).toEqual([]);
      // It was noticed, so it was survived.
      expect(events).toContain('service-failing');
      expect(backMs).toBeLessThan(intervalMs + 1_000);
      const ids = (await scene.registered()).map(({ id }) => id);
      expect([ids.length, new Set(ids).size]).toEqual([3, 3]);
      load.tell(`after the agent ${what}`, backMs);
    },
    60_000,
  );
});

async function killed(agent: ConsulAgent): Promise<void> {
  await agent.kill();
  await clock.sleep(outageMs);
  await agent.start();
}

async function hung(agent: ConsulAgent): Promise<void> {
  agent.freeze();
  await clock.sleep(outageMs);
  agent.thaw();
}

/** An agent, and a caller that finds services through it. */
async function openScene(persistent: boolean) {
  const agent = await startConsul({ persistent });
  const driver = new ConsulRegistryDriver(clock, { url: agent.url }, {});
  const events: string[] = [];
  @Module({ imports: [ConsulModule.forRoot({ url: agent.url })] })
  class CallerModule {}
  const caller = await Skerry.create(CallerModule, {
    logLevel: 'silent',
    onEvent: ({ type }) => events.push(type),
    // It looks often enough to see what happens.
    registry: { relistMs: 1_000, deadlineMs: 2_000 },
  });
  await caller.start();
  const startEcho = (): Promise<RunningProcess> =>
    startProcess(process.execPath, [main], {
      env: { CONSUL_HTTP_ADDR: agent.url, TTL_MS: String(ttlMs), INTERVAL_MS: String(intervalMs) },
    });
  const registered = async (): Promise<readonly NodeRecord[]> => driver.lookup('echo', never).catch(() => []);
  endings.push(async () => {
    await caller.stop();
    await driver.close();
  });
  return {
    agent,
    events,
    registered,
    startEcho,
    echo: caller.client<Echo>('echo'),
    async startThree(): Promise<RunningProcess[]> {
      const processes = await Promise.all([startEcho(), startEcho(), startEcho()]);
      for (const each of processes) await each.waitForLine(/is serving echo/);
      await eventually(async () => expect(await registered()).toHaveLength(3));
      return processes;
    },
    /** How long it takes from now until the agent shows three nodes. */
    async allBackMs(): Promise<number> {
      const since = clock.now();
      await eventually(async () => expect(await registered()).toHaveLength(3), { withinMs: 10_000 });
      return clock.now() - since;
    },
  };
}

/** Begins 200 calls a second until it is ended; remembers what they gave and how they failed. */
class Load {
  readonly answers: unknown[] = [];
  private readonly failures: unknown[] = [];
  private slowestMs = 0;
  private readonly underWay = new Set<Promise<void>>();
  private readonly timer = setInterval(() => this.begin(), 5);

  constructor(private readonly call: () => Promise<unknown>) {}

  async until(answers: number): Promise<void> {
    await eventually(() => expect(this.answers.length).toBeGreaterThanOrEqual(answers), { withinMs: 15_000 });
  }

  /** Gives the failures, when the last call is over. */
  async end(): Promise<unknown[]> {
    clearInterval(this.timer);
    await Promise.all(this.underWay);
    return this.failures;
  }

  /** Prints what was counted, for people. */
  tell(when: string, backMs: number): void {
    const counted = `${this.failures.length} of ${this.answers.length} calls failed, the slowest took ${Math.round(this.slowestMs)} ms`;
    process.stdout.write(`${when}: ${counted}, all were registered again in ${Math.round(backMs)} ms\n`);
  }

  private begin(): void {
    const since = clock.now();
    const call: Promise<void> = this.call()
      .then(
        (answer) => {
          this.answers.push(answer);
          this.slowestMs = Math.max(this.slowestMs, clock.now() - since);
        },
        (error: unknown) => void this.failures.push(error),
      )
      .finally(() => this.underWay.delete(call));
    this.underWay.add(call);
  }
}
