import * as fc from 'fast-check';
import { least, median, ratio } from './statistics.js';

describe('the median', () => {
  test.each([
    [[3], 3],
    [[9, 1, 5], 5],
    [[10, 9, 2, 1], 5.5],
    // Sorted as numbers, not as text.
    [[100, 20, 3], 20],
    [[-1, -20, 0.5], -1],
  ])('of %j is %d', (values, expected) => expect(median(values)).toBe(expected));

  test('of nothing is unknown', () => expect(median([])).toBeNaN());

  test('has as many values above it as below, and leaves its input as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const before = [...values];
        const middle = median(values);
        const above = values.filter((each) => each > middle).length;
        const below = values.filter((each) => each < middle).length;
        expect(Math.max(above, below)).toBeLessThanOrEqual(values.length / 2);
        expect(values).toEqual(before);
      }),
    );
  });
});

test('the least of some, and of none', () => {
  expect(least([3, 1, 2])).toBe(1);
  expect(least([])).toBeNaN();
});

test.each([
  [1, 4, 0.25],
  [undefined, 4, NaN],
  [1, undefined, NaN],
  [NaN, 4, NaN],
  [1, 0, NaN],
])('the ratio of %p to %p is %p', (part, whole, expected) => expect(ratio(part, whole)).toBe(expected));
