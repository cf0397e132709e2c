import { ManualClock } from './manual-clock.js';

describe('manual time', () => {
  test('stands still until it is moved', async () => {
    const clock = new ManualClock();
    const start = clock.now();
    await new Promise((resolve) => setImmediate(resolve));
    expect(clock.now()).toBe(start);
    const wall = clock.wallTime();
    await clock.advance(1_500);
    expect(clock.now()).toBe(start + 1_500);
    expect(clock.wallTime()).toBe(wall + 1_500);
  });

  test('runs timers in the order of their time, each at its own', async () => {
    const clock = new ManualClock();
    const start = clock.now();
    const ran: [string, number][] = [];
    const set = (name: string, delayMs: number) => clock.setTimer(delayMs, () => ran.push([name, clock.now() - start]));
    set('c', 30);
    set('a', 10);
    set('b', 20);
    set('a too', 10);
    set('late', 31);
    await clock.advance(30);
    expect(ran).toEqual([
      ['a', 10],
      ['a too', 10],
      ['b', 20],
      ['c', 30],
    ]);
    expect(clock.pendingTimers).toBe(1);
  });

  test('runs timers that timers set, as far as they come due', async () => {
    const clock = new ManualClock();
    let ticks = 0;
    const tick = (): void => {
      ticks++;
      clock.setTimer(10, tick);
    };
    clock.setTimer(10, tick);
    await clock.advance(100);
    expect(ticks).toBe(10);
    expect(clock.pendingTimers).toBe(1);
  });

  test('lets promises settle between two timers, also of the same time', async () => {
    const clock = new ManualClock();
    const order: string[] = [];
    const work = async (name: string, delayMs: number): Promise<void> => {
      await clock.sleep(delayMs);
      for (let i = 0; i < 10; i++) await Promise.resolve();
      order.push(`${name} done`);
    };
    const both = [work('first', 10), work('second', 11)];
    clock.setTimer(11, () => order.push('at 11'));
    await clock.advance(20);
    await Promise.all(both);
    expect(order).toEqual(['first done', 'second done', 'at 11']);
  });

  test('does not run a timer in the turn in which it was set, nor one that was cancelled', async () => {
    const clock = new ManualClock();
    let runs = 0;
    clock.setTimer(0, () => runs++);
    const cancelled = clock.setTimer(-1, () => runs++);
    expect(runs).toBe(0);
    cancelled.cancel();
    cancelled.cancel();
    await clock.advance(0);
    expect(runs).toBe(1);
  });

  test('wakes sleepers, and lets a signal wake them with its reason', async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const asleep = clock.sleep(1_000);
    const aborted = clock.sleep(1_000, controller.signal);
    controller.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(1_000);
    await asleep;
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('manual chance', () => {
  const draws = (seed: number) => {
    const clock = new ManualClock(seed);
    return [...Array.from({ length: 100 }, () => clock.random()), clock.randomHex(16)];
  };

  test('repeats by its seed', () => {
    expect(draws(7)).toEqual(draws(7));
    expect(draws(7)).not.toEqual(draws(8));
  });

  test('looks like chance', () => {
    const clock = new ManualClock(42);
    const buckets = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) buckets[Math.floor(clock.random() * 10)]!++;
    for (const count of buckets) expect(Math.abs(count - 1_000)).toBeLessThan(150);
    expect(clock.randomHex(16)).toMatch(/^[0-9a-f]{32}$/);
  });
});
