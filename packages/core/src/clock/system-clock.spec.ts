import { spawnSync } from 'node:child_process';
import { SystemClock } from './system-clock.js';

const clock = new SystemClock();

describe('time', () => {
  test('only ever grows, in fractions of a millisecond', () => {
    const readings = Array.from({ length: 100_000 }, () => clock.now());
    const steps = readings.slice(1).map((reading, i) => reading - readings[i]!);
    expect(steps.every((step) => step >= 0)).toBe(true);
    expect(steps.some((step) => step > 0 && step < 1)).toBe(true);
  });

  test('is the same for all processes of the machine', () => {
    // A process that started long after this one.
    const read = () => Number(spawnSync(process.execPath, ['-p', 'Number(process.hrtime.bigint()) / 1e6']).stdout);
    const before = clock.now();
    const elsewhere = read();
    const after = clock.now();
    // The two sources are read one after the other: a millisecond for what may come between.
    expect(elsewhere).toBeGreaterThan(before - 1);
    expect(elsewhere).toBeLessThan(after + 1);
  });

  test('of two clocks is the same', () => {
    const other = new SystemClock();
    expect(Math.abs(other.now() - clock.now())).toBeLessThan(50);
  });

  test('on the wall is that of the calendar', () => {
    const before = Date.now();
    expect(clock.wallTime()).toBeGreaterThanOrEqual(before);
    expect(clock.wallTime()).toBeLessThanOrEqual(Date.now());
  });
});

describe('a timer', () => {
  const fired = (delayMs: number) => new Promise<void>((resolve) => clock.setTimer(delayMs, resolve));

  test('runs once, not before its time', async () => {
    const start = clock.now();
    await fired(20);
    // libuv counts whole milliseconds, from the beginning of its turn.
    expect(clock.now() - start).toBeGreaterThan(18);
  });

  test('never runs in the turn in which it was set', async () => {
    for (const delayMs of [0, -5, Number.NEGATIVE_INFINITY]) {
      let ran = false;
      const done = new Promise<void>((resolve) =>
        clock.setTimer(delayMs, () => {
          ran = true;
          resolve();
        }),
      );
      await Promise.resolve();
      expect(ran).toBe(false);
      await done;
    }
  });

  test('that is cancelled does not run; cancelling again, or too late, is harmless', async () => {
    let runs = 0;
    const cancelled = clock.setTimer(1, () => runs++);
    cancelled.cancel();
    cancelled.cancel();
    const late = clock.setTimer(1, () => runs++);
    await fired(5);
    late.cancel();
    expect(runs).toBe(1);
  });

  test('of a delay beyond what Node can count does not run at once', async () => {
    let ran = false;
    const timer = clock.setTimer(2 ** 40, () => (ran = true));
    await fired(5);
    expect(ran).toBe(false);
    timer.cancel();
  });

  test('in the background does not keep the process alive, another one does', () => {
    const active = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = active();
    const background = clock.setTimer(60_000, () => undefined, true);
    expect(active()).toBe(before);
    const foreground = clock.setTimer(60_000, () => undefined);
    expect(active()).toBe(before + 1);
    foreground.cancel();
    background.cancel();
    expect(active()).toBe(before);
  });
});

describe('sleep', () => {
  test('resolves when its time has come', async () => {
    const start = clock.now();
    await clock.sleep(10);
    expect(clock.now() - start).toBeGreaterThan(8);
  });

  test('ends with the reason when its signal aborts, and leaves no timer behind', async () => {
    const active = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = active();
    const controller = new AbortController();
    const asleep = clock.sleep(60_000, controller.signal);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(asleep).rejects.toBe(reason);
    expect(active()).toBe(before);
  });

  test('does not begin when its signal is aborted already', async () => {
    const reason = new Error('enough');
    await expect(clock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  test('lets go of a signal that outlives it', async () => {
    const { signal } = new AbortController();
    const listening = new Set<unknown>();
    signal.addEventListener = (_type: string, listener: unknown) => void listening.add(listener);
    signal.removeEventListener = (_type: string, listener: unknown) => void listening.delete(listener);
    const asleep = clock.sleep(1, signal);
    expect(listening.size).toBe(1);
    await asleep;
    expect(listening.size).toBe(0);
  });
});

describe('chance', () => {
  test('is uniform in [0, 1)', () => {
    const draws = Array.from({ length: 10_000 }, () => clock.random());
    expect(draws.every((each) => each >= 0 && each < 1)).toBe(true);
    // Ten standard deviations of the mean.
    expect(Math.abs(draws.reduce((a, b) => a + b) / draws.length - 0.5)).toBeLessThan(0.03);
  });

  test('gives ids of the length asked for, no two the same', () => {
    expect(clock.randomHex(8)).toMatch(/^[0-9a-f]{16}$/);
    expect(new Set(Array.from({ length: 1_000 }, () => clock.randomHex(8))).size).toBe(1_000);
  });
});
