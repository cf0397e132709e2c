import { ManualClock } from '@skerry/core';
import { currentBoot, timeBase, type TimeBase } from './store-time.js';

const hourMs = 3_600_000;
const year = 1_700_000_000_000;

/** What the file has as time: now, on a machine whose wall clock began at `wall` when it booted. */
const now = (clock: ManualClock, base: TimeBase): number => clock.now() + base.offsetMs;

test('in a new file it is the time of the wall clock', () => {
  const clock = new ManualClock(1, year);
  expect(now(clock, timeBase(clock, 'boot', undefined, 0))).toBe(clock.wallTime());
});

test('within one boot it goes on, however the wall clock jumps', () => {
  const first = timeBase(new ManualClock(1, year), 'boot', undefined, 0);
  for (const jumpMs of [-hourMs, hourMs]) {
    expect(timeBase(new ManualClock(1, year + jumpMs), 'boot', first, 0)).toBe(first);
  }
});

test('after a boot it goes on by how long the machine was off', async () => {
  const before = new ManualClock(1, year);
  const first = timeBase(before, 'one', undefined, 0);
  await before.advance(5 * hourMs);
  const after = new ManualClock(1, year + 6 * hourMs);
  const second = timeBase(after, 'two', first, now(before, first));
  expect(now(after, second) - now(before, first)).toBe(hourMs);
});

test('after a boot it does not go back, although the wall clock did', async () => {
  const before = new ManualClock(1, year);
  const first = timeBase(before, 'one', undefined, 0);
  await before.advance(hourMs);
  const latest = now(before, first);
  const after = new ManualClock(1, year - 24 * hourMs);
  expect(now(after, timeBase(after, 'two', first, latest))).toBe(latest);
});

test('where the boot is not known, a clock that went back tells of one', async () => {
  const before = new ManualClock(1, year);
  const first = timeBase(before, '', undefined, 0);
  await before.advance(hourMs);
  const latest = now(before, first);
  // A moment behind, as the clocks of two processes can be.
  expect(timeBase(before, '', first, latest + 5)).toBe(first);
  const after = new ManualClock(1, year + 2 * hourMs);
  expect(now(after, timeBase(after, '', first, latest))).toBe(after.wallTime());
});

test('a machine tells its boot, always the same', () => {
  expect(currentBoot()).toBe(currentBoot());
});
