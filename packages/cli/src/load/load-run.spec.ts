import { ManualClock } from '@skerry/core';
import type { LoadPlan } from './load-options.js';
import { LoadRun, type Work } from './load-run.js';

const never = new AbortController().signal;

function plan(given: Partial<LoadPlan>): LoadPlan {
  return { repeat: Infinity, durationMs: Infinity, concurrency: 1, ...given };
}

/** Runs to the end in virtual time. */
async function measured(given: Partial<LoadPlan>, work: (clock: ManualClock) => Work): Promise<LoadRun> {
  const clock = new ManualClock();
  const run = new LoadRun(plan(given), clock);
  let over = false;
  const running = run.run(work(clock), never).finally(() => (over = true));
  for (let turn = 0; !over && turn < 100_000; turn++) await clock.advance(1);
  await running;
  return run;
}

const taking =
  (ms: number) =>
  (clock: ManualClock): Work =>
  () =>
    clock.sleep(ms);

test('does so many, no more at once than it may', async () => {
  let [atOnce, most] = [0, 0];
  const seen: number[] = [];
  const run = await measured({ repeat: 20, concurrency: 4 }, (clock) => async (index) => {
    seen.push(index);
    most = Math.max(most, ++atOnce);
    await clock.sleep(10);
    atOnce--;
  });
  expect(most).toBe(4);
  expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n));
  expect([run.succeeded, run.failed, run.elapsedMs]).toEqual([20, 0, 50]);
  expect(run.latencies.min).toBe(10);
});

test('begins none after its time, and lets those end that have begun', async () => {
  const run = await measured({ durationMs: 95, concurrency: 2 }, taking(10));
  expect([run.succeeded, run.elapsedMs]).toEqual([20, 100]);
});

test('at a rate, begins them when they are due', async () => {
  const begun: number[] = [];
  const run = await measured({ repeat: 5, concurrency: 10, perSecond: 100 }, (clock) => async () => {
    begun.push(clock.now());
    await clock.sleep(3);
  });
  expect(begun.map((at) => at - begun[0]!)).toEqual([0, 10, 20, 30, 40]);
  expect([run.latencies.max, run.notBegun]).toEqual([3, 0]);
});

test('at a rate, what waits for a place is measured from when it was due', async () => {
  // One place, and a first call that takes a second: the nine that were due meanwhile waited for it.
  const run = await measured(
    { repeat: 10, concurrency: 1, perSecond: 10 },
    (clock) => (index) => clock.sleep(index === 0 ? 1_000 : 1),
  );
  expect(run.latencies.max).toBe(1_000);
  expect(run.latencies.percentile(50)).toBeGreaterThan(400);
  expect(run.succeeded).toBe(10);
});

test('without a rate, the same is measured by what it took', async () => {
  const run = await measured(
    { repeat: 10, concurrency: 1 },
    (clock) => (index) => clock.sleep(index === 0 ? 1_000 : 1),
  );
  expect(run.latencies.percentile(50)).toBeLessThan(2);
});

test('tells how many were due for which there was no place', async () => {
  const run = await measured({ durationMs: 1_000, concurrency: 1, perSecond: 100 }, taking(100));
  expect(run.succeeded).toBe(10);
  expect(run.notBegun).toBe(90);
});

test('counts errors by their code, with the first of each', async () => {
  const run = await measured({ repeat: 5 }, () => async (index) => {
    if (index === 1 || index === 3) throw Object.assign(new Error(`out of stock ${index}`), { code: 'OUT_OF_STOCK' });
    if (index === 4) throw new TypeError('no function');
  });
  expect([run.succeeded, run.failed]).toEqual([2, 3]);
  expect([...run.errors]).toEqual([
    ['OUT_OF_STOCK', { count: 2, example: 'out of stock 1' }],
    ['TypeError', { count: 1, example: 'no function' }],
  ]);
});

test.each([{}, { perSecond: 1 }])('when it is interrupted, what is under way does not count (%j)', async (given) => {
  const clock = new ManualClock();
  const run = new LoadRun(plan({ repeat: 100, concurrency: 2, ...given }), clock);
  const interrupt = new AbortController();
  const running = run.run(
    (index, signal) => (index < 2 ? Promise.resolve() : clock.sleep(1e6, signal)),
    interrupt.signal,
  );
  for (let turn = 0; turn < 5; turn++) await clock.advance(500);
  interrupt.abort();
  await running;
  expect([run.succeeded, run.failed]).toEqual([2, 0]);
});
