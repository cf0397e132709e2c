import fc from 'fast-check';
import { JsonCodec } from './json-codec.js';

const codec = new JsonCodec();

function throughBytes(message: unknown): { value: unknown; bytes: number } {
  const bytes = codec.encode(message);
  return { value: codec.decode(bytes), bytes: bytes.length };
}

class Point {
  x = 1;
  hidden = undefined;
  #secret = 2;
  get sum(): number {
    return this.x + this.#secret;
  }
}

describe('a copy of a message', () => {
  test('is what JSON makes of it on its way there and back, and as large at most', () => {
    const values = fc.anything({ withDate: false, withSparseArray: true, withNullPrototype: true, withBigInt: false });
    fc.assert(
      fc.property(values, (message) => {
        const copy = codec.copy(message);
        if (!copy) return;
        const { value, bytes } = throughBytes(message);
        expect(copy.value).toStrictEqual(value);
        expect(copy.mostBytes).toBeGreaterThanOrEqual(bytes);
      }),
      { numRuns: 1_000 },
    );
  });

  test('is made of all plain data', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 10 }), (message) => expect(codec.copy(message)).toBeDefined()));
  });

  test('shares nothing with the message', () => {
    const message = { list: [{ deep: 1 }], __proto__: { inherited: 1 } };
    const copy = codec.copy(message)!.value as { list: { deep: number }[] };
    message.list[0]!.deep = 2;
    expect(copy).toStrictEqual({ list: [{ deep: 1 }] });
  });

  test.each([
    ['an instance', new Point(), { x: 1 }],
    ['what is left out', { a: undefined, b: () => 1, c: Symbol('c'), d: 1 }, { d: 1 }],
    ['what is left out of lists', [undefined, () => 1, 1], [null, null, 1]],
    ['numbers that JSON has not', [NaN, Infinity, -0], [null, null, 0]],
    ['keys that could reach a prototype', JSON.parse('{"__proto__":1,"constructor":2,"a":3}'), { a: 3 }],
    ['nothing', undefined, null],
    ['a map, which has no JSON', new Map([[1, 2]]), {}],
  ])('knows %s', (_what, message, expected) => {
    expect(codec.copy(message)!.value).toStrictEqual(expected);
    expect(throughBytes(message).value).toStrictEqual(expected);
  });

  test.each([
    ['a date', new Date()],
    ['an object with a JSON of its own', { inner: { toJSON: () => 1 } }],
    ['a boxed text', Object('text')],
    ['a function', () => 1],
    ['a bigint', { big: 1n }],
    ['too many levels', JSON.parse('['.repeat(65) + ']'.repeat(65))],
    ['a circle', (() => ((circle: unknown[]) => (circle.push(circle), circle))([]))()],
  ])('leaves %s to the bytes', (_what, message) => {
    expect(codec.copy(message)).toBeUndefined();
  });
});
