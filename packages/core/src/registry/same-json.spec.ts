import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { sameJson } from './same-json.js';

describe('two values are the same JSON', () => {
  test('when a slow comparison says so, and only then', () => {
    // Few different leaves and keys, so that equal pairs come up by themselves as well.
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(null, true, false, 0, 1, '', 'a'),
        fc.array(tie('tree'), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'length'), tie('tree'), {
          maxKeys: 2,
          noNullPrototype: true,
        }),
      ),
    }));
    const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;
    fc.assert(
      fc.property(tree, tree, (one, other) => {
        const [a, b] = [plain(one), plain(other)];
        expect(sameJson(a, b)).toBe(isDeepStrictEqual(a, b));
        expect(sameJson(a, plain(a))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test('whatever the order of their keys', () => {
    expect(sameJson({ a: 1, b: [2] }, { b: [2], a: 1 })).toBe(true);
  });

  test('not when one has a key without a value, or inherits one', () => {
    expect(sameJson({ a: undefined }, {})).toBe(false);
    expect(sameJson({ a: undefined }, { b: undefined })).toBe(false);
    expect(sameJson({ toString: undefined }, { b: 1 })).toBe(false);
  });
});
