import fc from 'fast-check';
import { ladder, maxDelayMs, rounded } from './delay-ladder.js';

test('the ladder ascends in whole milliseconds, in few steps, to a week', () => {
  expect(ladder).toEqual([...new Set(ladder)].sort((one, other) => one - other));
  expect(ladder.every(Number.isInteger)).toBe(true);
  expect(ladder[0]).toBe(100);
  expect(ladder.at(-1)).toBe(maxDelayMs);
  expect(ladder.length).toBeLessThan(50);
});

test('a delay is never cut short, and at most two thirds longer', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: maxDelayMs, noNaN: true }), (delayMs) => {
      const step = rounded(delayMs);
      expect(ladder).toContain(step);
      expect(step).toBeGreaterThanOrEqual(delayMs);
      if (delayMs >= 100) expect(step / delayMs).toBeLessThanOrEqual(5 / 3 + 1e-9);
    }),
  );
});

test.each([maxDelayMs + 1, Infinity, Number.NaN])('a delay that there is no step for is refused: %d', (delayMs) => {
  expect(() => rounded(delayMs)).toThrow('at most 604800000 ms');
});
