import { BSONRegExp, Code, Decimal128, ObjectId, serialize } from 'bson';
import fc from 'fast-check';
import { codecConformance } from '@skerry/core/conformance';
import { BsonCodec } from './bson-codec.js';

const codec = new BsonCodec();

codecConformance(
  { describe, test, fc },
  {
    open: () => codec,
    hostile: {
      nested(levels) {
        // A message that is a list is in a document, which is a level of its own in BSON, and in no other codec.
        let bytes = documentOf([]);
        for (let level = 1; level < Math.min(levels, 2_000); level++) bytes = documentOf([element(0x04, '0', bytes)]);
        return documentOf([element(0x04, '_Val_', bytes)]);
      },
      object: (fields) => documentOf(fields.map(([key, value]) => element(0x10, key, int32(value)))),
      promises: [0x00ff_ffff, 0x01ff_ffff, 0x7fff_ffff, -1, 4].flatMap((length) => [
        Buffer.concat([int32(length), Uint8Array.of(0)]),
        ...[0x02, 0x03, 0x04, 0x05].map((kind) => documentOf([element(kind, 'a', int32(length))])),
      ]),
    },
    lacks: ['loneSurrogates', 'nulInKeys'],
  },
);

function int32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function element(kind: number, key: string, value: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(kind), Buffer.from(`${key}\0`), value]);
}

function documentOf(elements: readonly Uint8Array[]): Uint8Array {
  const bytes = elements.reduce((sum, each) => sum + each.length, 0);
  return Buffer.concat([int32(bytes + 5), ...elements, Uint8Array.of(0)]);
}

test('a message that is no object is in a document, as go-micro has it', () => {
  expect(Buffer.from(codec.encode(5)).equals(serialize({ _Val_: 5 }))).toBe(true);
  expect(Buffer.from(codec.encode({ a: 5 })).equals(serialize({ a: 5 }))).toBe(true);
});

test.each([
  ['an id of MongoDB', new ObjectId()],
  ['a regular expression', new BSONRegExp('(a+)+$')],
  ['code', new Code('process.exit()')],
  ['a decimal', new Decimal128('1')],
])('%s is refused', (_what, value) => {
  expect(() => codec.decode(serialize({ value }))).toThrow(/of which messages are not made/);
});

test('messages larger than what the library keeps room for are written whole', () => {
  const text = 'ä'.repeat(10 * 1024 * 1024);
  expect(codec.decode(codec.encode({ text }))).toEqual({ text });
});
