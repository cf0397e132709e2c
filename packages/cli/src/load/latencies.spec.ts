import fc from 'fast-check';
import { Latencies } from './latencies.js';

function latencies(values: readonly number[]): Latencies {
  const all = new Latencies();
  for (const each of values) all.record(each);
  return all;
}

const milliseconds = fc.double({ min: 0.001, max: 1e7, noNaN: true });

test('percentiles are those of the sorted values, to a thousandth', () => {
  fc.assert(
    fc.property(
      fc.array(milliseconds, { minLength: 1, maxLength: 300 }),
      fc.integer({ min: 1, max: 1000 }),
      (values, permille) => {
        const sorted = [...values].sort((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil((permille / 1000) * sorted.length)) - 1]!;
        const given = latencies(values).percentile(permille / 10);
        // A microsecond for the rounding of the smallest.
        expect(given).toBeGreaterThanOrEqual(exact - 0.001);
        expect(given).toBeLessThanOrEqual(exact * 1.001 + 0.002);
      },
    ),
  );
});

test('ranges follow each other, hold everything, and are few', () => {
  fc.assert(
    fc.property(fc.array(milliseconds, { minLength: 1, maxLength: 100 }), (values) => {
      const all = latencies(values);
      const ranges = all.ranges();
      expect(ranges.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
      expect(ranges.length).toBeLessThanOrEqual(16);
      expect(ranges[0]!.fromMs).toBeLessThanOrEqual(all.min);
      expect(ranges.at(-1)!.toMs).toBeGreaterThan(all.max);
      ranges.slice(1).forEach(({ fromMs }, at) => expect(fromMs).toBe(ranges[at]!.toMs));
    }),
  );
});

test('tells least, most and mean exactly', () => {
  const { min, max, mean, count } = latencies([0.25, 1, 4.75]);
  expect([min, max, mean, count]).toEqual([0.25, 4.75, 2, 3]);
});

test('ranges have round bounds', () => {
  expect(latencies([1.2, 1.6, 1.7, 2.5]).ranges()).toEqual([
    { fromMs: 1, toMs: 1.5, count: 1 },
    { fromMs: 1.5, toMs: 2, count: 2 },
    { fromMs: 2, toMs: 3, count: 1 },
  ]);
});

test('nothing recorded is nothing, and no number that is none', () => {
  const none = new Latencies();
  expect([none.min, none.max, none.mean, none.percentile(99), none.ranges()]).toEqual([0, 0, 0, 0, []]);
});
