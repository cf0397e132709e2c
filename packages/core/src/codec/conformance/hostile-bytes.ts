import assert from 'node:assert/strict';
import type { MessageCodec } from '../codec.js';
import type { CodecHarness, CodecLack, CodecRunner } from './harness.js';
import { anyDescribed, anyMessage } from './messages.js';
import { described, isFailure } from './round-trips.js';
import { workOf } from './work.js';

const sample = {
  text: 'ä€😀',
  list: [1, -2, 300, 70_000, 0.5, true, null, [], {}],
  inner: { deep: [{ a: 'x'.repeat(300) }] },
};
const most = 64;

export function hostileCases({ test, fc }: CodecRunner, harness: CodecHarness, lacks: ReadonlySet<CodecLack>): void {
  const { open, hostile, runs = 100 } = harness;

  test('half a message is none, wherever it ends', () => {
    const codec = open();
    const bytes = codec.encode(sample);
    // No bytes are a message where messages have no end.
    const first = lacks.has('ends') ? 1 : 0;
    for (let end = first; end < bytes.length; end++) assertRefused(codec, bytes.subarray(0, end), `${end} bytes`);
    if (lacks.has('ends')) assert.strictEqual(codec.decode(new Uint8Array()), null);
  });

  test(`nothing may follow a message${lacks.has('ends') ? ' but the same again' : ''}`, () => {
    const codec = open();
    const bytes = codec.encode(sample);
    const twice = Buffer.concat([bytes, bytes]);
    if (lacks.has('ends')) assert.deepStrictEqual(codec.decode(twice), sample);
    else assertRefused(codec, twice, 'a message behind the message');
    assertRefused(codec, Buffer.concat([bytes, Uint8Array.of(0x31)]), 'a byte behind the message');
  });

  test('garbage is refused, or read as something, and does no harm', () => {
    const codec = open();
    const garbage = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string().map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(garbage, (bytes) => assertHarmless(codec, bytes)),
      { numRuns: runs * 5 },
    );
  });

  test('a message with wrong bytes in it is refused, or read as something, and does no harm', () => {
    const codec = open();
    const change = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    const property = fc.property(
      anyMessage(fc, lacks),
      anyDescribed(fc, lacks),
      change,
      (message, { schema, ...other }, changes) => {
        for (const [each, reader] of [
          [message, codec],
          [other.message, described(codec, schema)],
        ] as const) {
          const bytes = Uint8Array.from(reader.encode(each));
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
          assertHarmless(reader, bytes);
        }
      },
    );
    fc.assert(property, { numRuns: runs });
  });

  test(`${most} levels are read, and no more`, () => {
    const codec = open();
    assert.ok(Array.isArray(codec.decode(hostile.nested(most))));
    for (const levels of [most + 1, 1_000, 1_000_000]) assertRefused(codec, hostile.nested(levels), `${levels} levels`);
  });

  test('what is nested too deeply is not written, and what holds itself is not followed', () => {
    const codec = open();
    const circle: unknown[] = [];
    circle.push(circle, circle);
    assert.throws(() => codec.encode(circle), isFailure('SKERRY_CODEC_ENCODE_FAILED'));
    assert.strictEqual(codec.copy?.(circle), undefined);
  });

  test('a length that promises more than there is takes no memory', () => {
    const codec = open();
    for (const bytes of hostile.promises) {
      const before = memoryBytes();
      assertRefused(codec, bytes, 'a promise');
      const taken = memoryBytes() - before;
      assert.ok(taken < 32 * 1024 * 1024, `${bytes.length} bytes made it take ${taken}`);
    }
  });

  test('keys that could reach a prototype do not', () => {
    const codec = open();
    for (const trap of ['__proto__', 'constructor']) {
      const bytes = hostile.object([
        [trap, 1],
        ['a', 2],
      ]);
      const value = readOr(codec, bytes);
      if (value !== undefined) assert.deepStrictEqual(value, { a: 2 });
      const message = JSON.parse(`{"${trap}":{"polluted":1},"list":[{"${trap}":1}],"a":2}`) as unknown;
      assert.deepStrictEqual(codec.decode(codec.encode(message)), { list: [{}], a: 2 });
      const copy = codec.copy?.(message);
      if (copy) assert.deepStrictEqual(copy.value, { list: [{}], a: 2 });
    }
    // Keys that only look like them are like others.
    const like = {
      a__proto__: 1,
      constructors: 2,
      toString: 3,
      hasOwnProperty: 4,
      _bsontype: 5,
      $ref: 6,
      $id: 7,
      _Val_: 8,
    };
    assert.deepStrictEqual(codec.decode(codec.encode(like)), like);
    for (const only of ['$ref', '_bsontype', '_Val_', '']) {
      assert.deepStrictEqual(codec.decode(codec.encode({ [only]: [{ [only]: 1 }] })), { [only]: [{ [only]: 1 }] });
    }
    assertUnpolluted();
  });

  test('of two equal keys the last one counts', () => {
    const bytes = hostile.object([
      ['a', 1],
      ['b', 3],
      ['a', 2],
    ]);
    assert.deepStrictEqual(open().decode(bytes), { a: 2, b: 3 });
  });

  test('bytes may be part of a larger buffer', () => {
    const codec = open();
    const bytes = codec.encode(sample);
    const larger = Buffer.concat([Buffer.alloc(3, 0xff), bytes, Buffer.alloc(5, 0xff)]);
    assert.deepStrictEqual(codec.decode(larger.subarray(3, 3 + bytes.length)), sample);
    assert.deepStrictEqual(codec.decode(new Uint8Array(larger).subarray(3, 3 + bytes.length)), sample);
  });

  test('what was encoded stays what it is', () => {
    const codec = open();
    const first = codec.encode(sample);
    const before = Uint8Array.from(first);
    for (let i = 0; i < 10; i++) codec.encode({ other: 'y'.repeat(5_000), i });
    assert.deepStrictEqual(Uint8Array.from(first), before);
  });

  test('a copy shares nothing with the message', () => {
    const bytesSchema = { type: 'object', properties: { data: { type: 'string', 'x-skerry-type': 'bytes' } } };
    const codec = described(open(), bytesSchema);
    const message = { data: Uint8Array.of(1), list: [{ a: 1 }] };
    const copy = codec.copy?.(message);
    message.data[0] = 2;
    message.list[0]!.a = 2;
    if (copy) assert.deepStrictEqual(copy.value, { data: Uint8Array.of(1), list: [{ a: 1 }] });
  });

  test('reading and writing take work in proportion to the message', () => {
    const codec = open();
    const shapes: readonly (readonly [string, (size: number) => unknown])[] = [
      ['many elements', (size) => Array.from({ length: size }, (_each, index) => ({ a: index, b: 'text' }))],
      [
        'many fields',
        (size) => Object.fromEntries(Array.from({ length: size }, (_each, index) => [`field${index}`, index])),
      ],
      ['long text', (size) => ['"\\'.repeat(size * 10)]],
      ['many levels beside each other', (size) => Array.from({ length: size }, () => [[[[[[]]]]]])],
    ];
    for (const [what, make] of shapes) {
      const measured = (size: number): number => {
        const message = make(size);
        return workOf(() => void codec.decode(codec.encode(message)));
      };
      // Counts miss what runs while a function is being optimised: what is out of proportion is so every time.
      const tries = Array.from({ length: 3 }, () => [measured(500), measured(2_000)] as const);
      assert.ok(
        tries.some(([small, large]) => large < 6 * small + 10_000),
        `${what}: 4 times as many took ${tries.map(([small, large]) => `${large} steps after ${small}`).join(', ')}`,
      );
    }
  });
}

function assertRefused(codec: MessageCodec, bytes: Uint8Array, what: string): void {
  assert.throws(() => codec.decode(bytes), isFailure('SKERRY_CODEC_DECODE_FAILED'), `${what} should have been refused`);
}

function assertHarmless(codec: MessageCodec, bytes: Uint8Array): void {
  const value = readOr(codec, bytes);
  assertUnpolluted();
  if (value === undefined) return;
  assertPlain(value, 0);
}

function readOr(codec: MessageCodec, bytes: Uint8Array): unknown {
  try {
    return codec.decode(bytes);
  } catch (error) {
    if (isFailure('SKERRY_CODEC_DECODE_FAILED')(error)) return undefined;
    throw error;
  }
}

/** Made of nothing but what messages are made of. */
function assertPlain(value: unknown, depth: number): void {
  assert.ok(depth <= most);
  assert.ok(!['undefined', 'function', 'symbol'].includes(typeof value));
  if (typeof value !== 'object' || value === null || value instanceof Date) return;
  if (value instanceof Uint8Array) return assert.ok(!Buffer.isBuffer(value), 'bytes are a Uint8Array');
  if (Array.isArray(value)) {
    for (const each of value) assertPlain(each, depth + 1);
    return;
  }
  assert.strictEqual(Object.getPrototypeOf(value), Object.prototype);
  for (const [key, each] of Object.entries(value)) {
    assert.ok(key !== '__proto__' && key !== 'constructor');
    assertPlain(each, depth + 1);
  }
}

function assertUnpolluted(): void {
  assert.deepEqual(Object.keys(Object.prototype), []);
  assert.strictEqual(({} as Record<string, unknown>)['polluted'], undefined);
}

function memoryBytes(): number {
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + Math.max(external, arrayBuffers);
}
