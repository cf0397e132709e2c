import assert from 'node:assert/strict';
import { SkerryError } from '../../errors/skerry-error.js';
import type { Codec, MessageCodec } from '../codec.js';
import type { CodecHarness, CodecLack, CodecRunner } from './harness.js';
import { anyDescribed, anyMessage } from './messages.js';

/** What went through: by its bytes, and by the short way where the codec has one. */
export function through(codec: MessageCodec, message: unknown): unknown {
  const bytes = codec.encode(message);
  const size = bytes.length;
  const value = codec.decode(bytes);
  const copy = codec.copy?.(message);
  if (copy) {
    assert.deepStrictEqual(copy.value, value, 'copy() is not what decode(encode()) gives');
    assert.ok(copy.mostBytes >= size, `copy() says at most ${copy.mostBytes} bytes, and there are ${size}`);
  }
  return value;
}

export function described(codec: Codec, schema: Parameters<NonNullable<Codec['forSchema']>>[0]): MessageCodec {
  return codec.forSchema?.(schema) ?? codec;
}

/** Whether something thrown is the failure with this code. */
export function isFailure(code: string): (error: unknown) => boolean {
  return (error) => SkerryError.is(error) && error.code === code;
}

/** As {@link through}; what is refused before it is sent is nothing, where that is allowed. */
function throughOr(refusable: boolean, codec: MessageCodec, message: unknown): unknown {
  try {
    return through(codec, message);
  } catch (error) {
    if (refusable && isFailure('SKERRY_CODEC_ENCODE_FAILED')(error)) return {};
    throw error;
  }
}

/** Without the fields that say no more than their absence would. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array) return value;
  const fields = Object.entries(value).map(([key, each]) => [key, withoutEmpty(each)] as const);
  return Object.fromEntries(fields.filter(([, each]) => !isEmpty(each)));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array) return false;
  return Object.keys(value).length === 0;
}

export function roundTripCases(
  { test, fc }: CodecRunner,
  { open, runs = 100 }: CodecHarness,
  lacks: ReadonlySet<CodecLack>,
): void {
  test('any message arrives as it was', () => {
    const codec = open();
    fc.assert(
      fc.property(anyMessage(fc, lacks), (message) => {
        assert.deepStrictEqual(through(codec, message), message);
      }),
      { numRuns: runs },
    );
  });

  test('any message that a schema describes arrives as it was', () => {
    const codec = open();
    fc.assert(
      fc.property(anyDescribed(fc, lacks), ({ schema, message }) => {
        const arrived = through(described(codec, schema), message);
        if (lacks.has('anything')) assert.deepStrictEqual(withoutEmpty(arrived), withoutEmpty(message));
        else assert.deepStrictEqual(arrived, message);
      }),
      { numRuns: runs },
    );
  });

  test('a message that is not what its schema says is not changed into something else', () => {
    const codec = open();
    const property = fc.property(anyDescribed(fc, lacks), fc.array(fc.jsonValue()), ({ schema }, message) => {
      const wrong = { f0: message, f1: { f0: message }, kind: 'v0' };
      const value = throughOr(lacks.has('anything'), described(codec, schema), wrong) as Partial<typeof wrong>;
      if (lacks.has('anything')) {
        assert.ok(value.f0 === undefined || Array.isArray(value.f0));
        assert.ok(value.kind === undefined || value.kind === 'v0');
        return;
      }
      assert.equal(Array.isArray(value.f0), true);
      assert.equal(value.kind, 'v0');
    });
    fc.assert(property, { numRuns: runs });
  });

  test('a message is not changed by being encoded', () => {
    const codec = open();
    const message = Object.freeze({ list: Object.freeze([Object.freeze({ a: 1 })]), left: undefined, constructor: 1 });
    through(codec, message);
    through(
      described(codec, {
        type: 'object',
        properties: { list: { items: { type: 'string', 'x-skerry-type': 'date' } } },
      }),
      message,
    );
    assert.deepEqual(Object.keys(message), ['list', 'left', 'constructor']);
  });

  test('what is left out is what JSON leaves out', () => {
    const codec = open();
    const message = { a: undefined, b: () => 1, c: Symbol('c'), d: [undefined, () => 1, 1], e: 1 };
    assert.deepStrictEqual(through(codec, message), { d: [null, null, 1], e: 1 });
    assert.strictEqual(through(codec, undefined), null);
  });

  test('objects are what they are to JSON', () => {
    const codec = open();
    class Point {
      readonly x = 1;
      get y(): number {
        return 2;
      }
    }
    const own = { toJSON: () => ({ z: 3 }) };
    assert.deepStrictEqual(
      through(codec, { point: new Point(), own, boxed: Object('text') as unknown, map: new Map([[1, 2]]) }),
      {
        ...{ point: { x: 1 }, own: { z: 3 }, boxed: 'text', map: lacks.has('mapsAsNothing') ? { 1: 2 } : {} },
      },
    );
  });

  test('numbers arrive exactly, up to the largest', () => {
    const codec = open();
    const { MAX_VALUE, MIN_VALUE, MAX_SAFE_INTEGER, MIN_SAFE_INTEGER, EPSILON } = Number;
    const numbers = [0, 127, 128, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 63, 2 ** 64, 1e300, 0.1];
    const all = [
      ...numbers,
      ...numbers.map((each) => 0 - each),
      MAX_VALUE,
      MIN_VALUE,
      MAX_SAFE_INTEGER,
      MIN_SAFE_INTEGER,
      EPSILON,
    ];
    assert.deepStrictEqual(through(codec, all), all);
    const numeric = { type: 'array', items: { type: 'number' } };
    assert.deepStrictEqual(through(described(codec, numeric), all), all);
  });

  test('a described bigint arrives whatever its size, and as text for numbers that are too long', () => {
    const codec = described(open(), { type: 'array', items: { type: 'string', 'x-skerry-type': 'bigint' } });
    const all = [0n, -1n, 2n ** 53n, 2n ** 63n, 2n ** 64n, -(2n ** 63n), -(2n ** 64n), 10n ** 200n];
    assert.deepStrictEqual(through(codec, all), all);
  });
}
