import { ManualClock } from '@skerry/core';
import type { AppProcess, Exit, ProcessListener } from './app-process.js';
import { AppRunner } from './app-runner.js';
import type { DevEvent } from './dev-events.js';

/** A process that does what the test says. */
class FakeProcess implements AppProcess {
  readonly exited: Promise<Exit>;
  exit!: (exit: Exit) => void;
  released = false;
  /** `SIGTERM`, `SIGKILL`, as they came. */
  readonly signals: string[] = [];
  /** It does not end when it is asked to. */
  deaf = false;

  constructor(
    readonly pid: number,
    readonly heard: ProcessListener,
    readonly waits: boolean,
    private readonly clock: ManualClock,
  ) {
    this.exited = new Promise((resolve) => (this.exit = resolve));
  }

  release(): void {
    this.released = true;
  }

  ready(): void {
    this.heard.ready({ application: 'AppModule', services: ['greeter'] });
  }

  kill(): void {
    this.signals.push('SIGKILL');
    this.exit({ code: null, signal: 'SIGKILL' });
  }

  async stop(forceAfterMs: number): Promise<boolean> {
    let forced = false;
    this.signals.push('SIGTERM');
    if (!this.deaf) this.exit({ code: 0, signal: null });
    const late = this.clock.setTimer(forceAfterMs, () => {
      forced = true;
      this.kill();
    });
    await this.exited;
    late.cancel();
    return forced;
  }
}

describe('an application under skerry dev', () => {
  let clock: ManualClock;
  let started: FakeProcess[];
  let told: DevEvent[];
  let runner: AppRunner;

  beforeEach(() => {
    clock = new ManualClock();
    started = [];
    told = [];
    runner = new AppRunner({
      name: 'greeter',
      clock,
      tell: (event) => told.push(event),
      start: (heard, waits) => {
        const process = new FakeProcess(started.length + 1, heard, waits, clock);
        started.push(process);
        return process;
      },
    });
  });

  const settled = (): Promise<void> => new Promise(setImmediate);
  const types = (): string[] => told.map(({ type }) => type);

  /** Lets the time pass in which saves are taken for one. */
  async function pass(ms = 40): Promise<void> {
    await clock.advance(ms);
    await settled();
  }

  test('starts at once, and tells when it is ready', async () => {
    expect(started[0]).toMatchObject({ waits: false, released: true });
    await clock.advance(640);
    started[0]!.ready();
    expect(told.at(-1)).toMatchObject({ type: 'ready', app: 'greeter', tookMs: 640, restarted: false });
    expect(runner.state).toBe('ready');
  });

  test('restarts once for saves that come together, and tells how long all took', async () => {
    started[0]!.ready();
    runner.restart('a.ts');
    await pass(30);
    runner.restart('b.ts');
    runner.restart('a.ts');
    await pass(30);
    expect(started).toHaveLength(1);
    await pass(10);
    expect(started).toHaveLength(2);
    expect(started[0]!.signals).toEqual(['SIGTERM']);
    expect(told).toContainEqual({ type: 'restarting', app: 'greeter', files: ['a.ts', 'b.ts'] });
    await clock.advance(500);
    started[1]!.ready();
    expect(told.at(-1)).toMatchObject({ type: 'ready', restarted: true, tookMs: 570 });
    await pass(1_000);
    expect(started).toHaveLength(2);
  });

  test('runs nothing of its next run before the last one has gone', async () => {
    started[0]!.ready();
    started[0]!.deaf = true;
    runner.restart('a.ts');
    await pass();
    expect(started[1]).toMatchObject({ waits: true, released: false });
    // Saved before the next one has read anything: it need not be started again for it.
    runner.restart('b.ts');
    await pass();
    started[0]!.exit({ code: 0, signal: null });
    await settled();
    expect(started[1]!.released).toBe(true);
    await pass(1_000);
    expect(started).toHaveLength(2);
  });

  test('restarts again for a save that comes while it starts', async () => {
    started[0]!.ready();
    runner.restart('a.ts');
    await pass();
    expect(started[1]!.released).toBe(true);
    runner.restart('a.ts');
    await pass();
    expect(started).toHaveLength(3);
    expect(started[1]!.signals).toEqual(['SIGTERM']);
    expect(started[2]!.released).toBe(true);
  });

  test('is killed when it does not stop in time', async () => {
    started[0]!.ready();
    started[0]!.deaf = true;
    runner.restart('a.ts');
    await pass();
    await pass(4_999);
    expect(started[0]!.signals).toEqual(['SIGTERM']);
    await pass(1);
    expect(started[0]!.signals).toEqual(['SIGTERM', 'SIGKILL']);
    expect(told).toContainEqual({ type: 'forced', app: 'greeter', afterMs: 5_000 });
    expect(started[1]!.released).toBe(true);
  });

  test('waits for a save when it has crashed, however long', async () => {
    started[0]!.exit({ code: 1, signal: null });
    await settled();
    expect(told.at(-1)).toEqual({ type: 'crashed', app: 'greeter', code: 1, signal: null });
    expect(runner.state).toBe('failed');
    await pass(3_600_000);
    expect(started).toHaveLength(1);
    runner.restart('a.ts');
    await pass();
    expect(started[1]!.released).toBe(true);
  });

  test('says that it has ended, when it did so in order', async () => {
    started[0]!.exit({ code: 0, signal: null });
    await settled();
    expect(told.at(-1)).toEqual({ type: 'ended', app: 'greeter' });
  });

  test('knows what it loaded; of a run that did not get ready also what those before did', async () => {
    started[0]!.heard.loaded('/a.ts');
    started[0]!.heard.loaded('/b.ts');
    started[0]!.ready();
    runner.restart('/a.ts');
    await pass();
    started[1]!.heard.loaded('/a.ts');
    expect([...runner.files]).toEqual(['/a.ts', '/b.ts']);
    started[1]!.ready();
    expect([...runner.files]).toEqual(['/a.ts']);
    started[1]!.heard.loaded('/late.ts');
    expect([...runner.files]).toEqual(['/a.ts', '/late.ts']);
  });

  test('is closed in every state, and leaves no process', async () => {
    started[0]!.ready();
    started[0]!.deaf = true;
    runner.restart('a.ts');
    await pass();
    const closed = runner.close();
    started[0]!.exit({ code: 0, signal: null });
    await closed;
    expect(started[1]!.signals).toEqual(['SIGKILL']);
    expect(started[1]!.released).toBe(false);
    expect(types().at(-1)).toBe('stopped');
    expect(runner.state).toBe('stopped');
  });

  test('is closed after a crash', async () => {
    started[0]!.exit({ code: 1, signal: null });
    await settled();
    await runner.close();
    expect(started).toHaveLength(1);
    expect(types().at(-1)).toBe('stopped');
  });
});
