import { ManualClock } from '../clock/manual-clock.js';
import type { Timer } from '../clock/clock.js';
import { Health } from './health.js';
import type { HealthEvent } from './health-events.js';
import type { HealthOptions } from './health-options.js';
import type { Check } from './health-probe.js';

class RecordingClock extends ManualClock {
  foreground = 0;

  override setTimer(delayMs: number, callback: () => void, background = false): Timer {
    if (!background) this.foreground++;
    return super.setTimer(delayMs, callback);
  }
}

/** A check whose outcome a test decides. */
class Subject {
  runs = 0;
  atOnce = 0;
  mostAtOnce = 0;
  outcome: () => unknown = () => undefined;
  readonly check: Check;

  constructor(name: string, change: Partial<Check> = {}) {
    const run = async (): Promise<unknown> => {
      this.runs++;
      this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
      try {
        return await this.outcome();
      } finally {
        this.atOnce--;
      }
    };
    this.check = { name, kind: 'readiness', intervalMs: 10_000, timeoutMs: 5_000, run, ...change };
  }

  fail(message = 'connect ECONNREFUSED'): void {
    this.outcome = () => Promise.reject(new Error(message));
  }

  succeed(): void {
    this.outcome = () => undefined;
  }
}

function setUp(options: HealthOptions = {}) {
  const clock = new RecordingClock();
  const events: HealthEvent[] = [];
  const health = new Health(clock, options, (event) => events.push(event));
  const told = (): string[] =>
    events.map((event) => (event.type === 'health-changed' ? `${event.from} > ${event.to}` : event.type));
  return { clock, events, health, told };
}

const never = (): Promise<void> => new Promise(() => undefined);

describe('the health of an application', () => {
  test('is ready when there is nothing to check, and not before it was started', async () => {
    const { health, told } = setUp();
    expect(health.status).toBe('starting');
    await health.start([]);
    expect(health.status).toBe('ready');
    expect(told()).toEqual(['starting > ready']);
  });

  test('is ready when every readiness check has succeeded once', async () => {
    const { clock, health } = setUp();
    const [database, cache] = [new Subject('database'), new Subject('cache')];
    database.fail();
    await health.start([database.check, cache.check]);
    expect(health.status).toBe('starting');
    expect(health.report().checks.map(({ state }) => state)).toEqual(['unhealthy', 'healthy']);
    database.succeed();
    // Until it has succeeded once it is tried every second.
    await clock.advance(1_000);
    expect(health.status).toBe('ready');
    expect(database.runs).toBe(2);
    await clock.advance(9_000);
    expect(database.runs).toBe(2);
    await clock.advance(1_000);
    expect(database.runs).toBe(3);
  });

  test('is not ready after three failures in a row, and is again after two successes in a row', async () => {
    const { clock, events, health, told } = setUp();
    const database = new Subject('database.ping');
    await health.start([database.check]);
    const statuses: string[] = [];
    health.onChange((status) => statuses.push(status));
    database.fail();
    await clock.advance(20_000);
    database.succeed();
    await clock.advance(10_000);
    database.fail();
    await clock.advance(20_000);
    expect(health.status).toBe('ready');
    expect(health.reason).toBeUndefined();
    await clock.advance(10_000);
    expect(health.status).toBe('not-ready');
    expect(health.reason).toBe('database.ping: connect ECONNREFUSED (failed 3 times in 20 s)');
    database.succeed();
    await clock.advance(10_000);
    expect(health.status).toBe('not-ready');
    expect(health.reason).toContain('succeeds again');
    database.fail();
    await clock.advance(10_000);
    database.succeed();
    await clock.advance(10_000);
    expect(health.status).toBe('not-ready');
    await clock.advance(10_000);
    expect(health.status).toBe('ready');
    expect(statuses).toEqual(['not-ready', 'ready']);
    expect(told()).toEqual([
      'starting > ready',
      'health-check-failed',
      'ready > not-ready',
      'health-check-recovered',
      'not-ready > ready',
    ]);
    expect(events[1]).toEqual({
      type: 'health-check-failed',
      check: 'database.ping',
      kind: 'readiness',
      error: 'connect ECONNREFUSED',
      failures: 3,
    });
    expect(events[2]).toMatchObject({ reason: 'database.ping: connect ECONNREFUSED (failed 3 times in 20 s)' });
  });

  test('counts as it is told to', async () => {
    const { clock, health } = setUp({ failuresToUnready: 1, successesToReady: 1 });
    const database = new Subject('database', { intervalMs: 500 });
    await health.start([database.check]);
    database.fail();
    await clock.advance(500);
    expect(health.status).toBe('not-ready');
    database.succeed();
    await clock.advance(500);
    expect(health.status).toBe('ready');
    expect(() => new Health(clock, { failuresToUnready: 0 })).toThrow(
      expect.objectContaining({ code: 'SKERRY_OPTION_INVALID' }),
    );
  });

  test('is not ready while a liveness check fails, which holds up no start', async () => {
    const { clock, events, health } = setUp();
    const loop = new Subject('loop', { kind: 'liveness', intervalMs: 1_000 });
    loop.fail('stuck');
    await health.start([loop.check]);
    expect(health.status).toBe('ready');
    await clock.advance(2_000);
    expect(health.status).toBe('not-ready');
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'health-check-failed', kind: 'liveness', error: 'stuck', failures: 3 }),
    );
  });

  test('is reported as plain data', async () => {
    const { clock, health } = setUp();
    const slow = new Subject('slow');
    slow.outcome = async () => {
      await clock.sleep(300);
      throw Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' });
    };
    const unanswered = new Subject('unanswered');
    unanswered.outcome = never;
    void health.start([slow.check, unanswered.check]);
    await clock.advance(500);
    const report = health.report();
    expect(report).toEqual({
      status: 'starting',
      forMs: 500,
      checks: [
        {
          name: 'slow',
          kind: 'readiness',
          state: 'unhealthy',
          forMs: 200,
          lastError: 'ECONNREFUSED',
          failures: 1,
          failingForMs: 200,
          tookMs: 300,
        },
        { name: 'unanswered', kind: 'readiness', state: 'unknown', forMs: 500, failures: 0, failingForMs: 0 },
      ],
    });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(health.reason).toBe('slow: ECONNREFUSED (failed once); unanswered: no answer yet after 1 s');
  });
});

describe('a health check', () => {
  test.each([
    [
      'throws',
      () => {
        throw new Error('no');
      },
      'no',
    ],
    ['rejects', () => Promise.reject(new Error('no')), 'no'],
    ['throws no error', () => Promise.reject('no'), 'no'],
    ['returns false', () => false, 'it returned false'],
    ['resolves with false', () => Promise.resolve(false), 'it returned false'],
  ])('that %s fails', async (_what, outcome, error) => {
    const { clock, health } = setUp();
    await health.start([{ ...new Subject('a').check, run: outcome }]);
    await clock.settle();
    expect(health.report().checks[0]).toMatchObject({ state: 'unhealthy', lastError: error });
  });

  test('that takes too long fails, and what it answers later does not count', async () => {
    const { clock, health } = setUp();
    const slow = new Subject('slow', { timeoutMs: 200 });
    slow.outcome = () => clock.sleep(300);
    const started = health.start([slow.check]);
    await clock.advance(200);
    await started;
    expect(health.report().checks[0]).toMatchObject({ state: 'unhealthy', lastError: 'no answer within 200 ms' });
    await clock.advance(700);
    expect(health.status).toBe('starting');
    expect(slow.mostAtOnce).toBe(1);
  });

  test('that never ends is not heaped up, and is run again when what hung has ended', async () => {
    const { clock, health } = setUp();
    const hung = new Subject('hung', { timeoutMs: 500 });
    const release: (() => void)[] = [];
    hung.outcome = () => new Promise<void>((resolve) => release.push(resolve));
    void health.start([hung.check]);
    await clock.advance(60_000);
    expect(hung.runs).toBe(3);
    expect(health.report().checks[0]).toMatchObject({
      state: 'unhealthy',
      lastError: '3 runs that took longer than 500 ms have not ended yet',
    });
    expect(health.report().checks[0]!.failures).toBeGreaterThan(50);
    release.shift()!();
    hung.succeed();
    await clock.advance(1_000);
    expect(hung.runs).toBe(4);
    expect(health.status).toBe('ready');
  });

  test('whose runs never end is run again after a minute, and believed when that one succeeds', async () => {
    const { clock, health } = setUp();
    const hung = new Subject('hung', { timeoutMs: 500 });
    hung.outcome = () => new Promise<void>(() => undefined);
    void health.start([hung.check]);
    await clock.advance(30_000);
    expect(hung.runs).toBe(3);
    hung.succeed();
    await clock.advance(40_000);
    expect(hung.runs).toBeGreaterThan(3);
    expect(health.status).toBe('ready');
  });

  test('is not started while it runs, however short its interval', async () => {
    const { clock, health } = setUp();
    const slow = new Subject('slow', { intervalMs: 100 });
    slow.outcome = () => clock.sleep(1_000);
    void health.start([slow.check]);
    await clock.advance(10_500);
    expect(slow.mostAtOnce).toBe(1);
    expect(slow.runs).toBe(11);
  });

  test('keeps no process alive, and leaves nothing when it is stopped in the middle', async () => {
    const { clock, health, told } = setUp();
    const [idle, running] = [new Subject('idle'), new Subject('running')];
    running.outcome = never;
    let rounds = 0;
    void health.start([idle.check, running.check]).then(() => rounds++);
    await clock.settle();
    expect(clock.pendingTimers).toBe(2);
    health.stop();
    health.stop();
    await clock.settle();
    expect(clock.pendingTimers).toBe(0);
    expect(clock.foreground).toBe(0);
    expect({ rounds, status: health.status }).toEqual({ rounds: 1, status: 'stopped' });
    idle.fail();
    await clock.advance(60_000);
    expect(idle.runs).toBe(1);
    expect(told()).toEqual(['starting > stopped']);
  });

  test('that fails while it is stopped says nothing, and no listener breaks another', async () => {
    const { clock, health, told } = setUp();
    const slow = new Subject('slow');
    slow.outcome = () => clock.sleep(1_000).then(() => Promise.reject(new Error('closed')));
    const statuses: string[] = [];
    health.onChange(() => {
      throw new Error('a bug of the listener');
    });
    const end = health.onChange((status) => statuses.push(status));
    void health.start([slow.check]);
    await clock.advance(500);
    health.stop();
    end();
    await clock.advance(1_000);
    expect(told()).toEqual(['starting > stopped']);
    expect(statuses).toEqual(['stopped']);
    expect(health.report().checks[0]).toMatchObject({ state: 'unknown' });
  });
});
