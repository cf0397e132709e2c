import fc from 'fast-check';
import { codecConformance } from '@skerry/core/conformance';
import { MsgpackCodec } from './msgpack-codec.js';

const codec = new MsgpackCodec();

codecConformance(
  { describe, test, fc },
  {
    open: () => codec,
    hostile: {
      nested: (levels) => Buffer.concat([Buffer.alloc(levels - 1, 0x91), Uint8Array.of(0x90)]),
      object: (fields) =>
        Buffer.concat([
          Uint8Array.of(0x80 | fields.length),
          ...fields.flatMap(([key, value]) => [
            Uint8Array.of(0xa0 | key.length),
            Buffer.from(key),
            Uint8Array.of(value),
          ]),
        ]),
      promises: [
        ...[0xc6, 0xdb, 0xdd, 0xdf].flatMap((head) =>
          [0x00ffffff, 0x01ffffff, 0x7fffffff, 0xffffffff].map((length) => promise(head, length)),
        ),
        // Each list promises as much as there are bytes behind it.
        Buffer.concat([...Array.from({ length: 60 }, () => promise(0xdd, 1_000_000)), Buffer.alloc(1_000_000, 0xc0)]),
      ],
    },
    lacks: ['negativeZero', 'loneSurrogates'],
  },
);

function promise(head: number, length: number): Uint8Array {
  const bytes = Buffer.alloc(5);
  bytes[0] = head;
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

describe('what other encoders write', () => {
  const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex');

  test('integers of 64 bits are bigints, and numbers where the schema says so', () => {
    const sent = hex('92 cf 0000000000000005 d3 ffffffffffffffff');
    expect(codec.decode(sent)).toEqual([5n, -1n]);
    expect(codec.forSchema({ type: 'array', items: { type: 'integer' } }).decode(sent)).toEqual([5, -1]);
  });

  test('short integers are bigints where the schema says so', () => {
    expect(codec.forSchema({ type: 'string', 'x-skerry-type': 'bigint' }).decode(hex('05'))).toBe(5n);
  });

  test('lengths may be written longer than they need to be', () => {
    expect(codec.decode(hex('df 00000001 db 00000001 61 dd 00000000'))).toEqual({ a: [] });
    expect(codec.decode(hex('81 d9 0b 636f6e7374727563746f72 01'))).toEqual({});
  });

  test.each([
    ['a key that is a number', '81 01 01', 'no text'],
    ['an extension', 'd4 05 00', 'extension type 5'],
    ['a timestamp of five bytes', 'c7 05 ff 0000000000', 'timestamp'],
    ['the byte that is never used', 'c1', '0xc1'],
    ['text that is no UTF-8', 'a1 ff', 'UTF-8'],
    ['a key that is __proto__', '81 a9 5f5f70726f746f5f5f 01', '__proto__'],
  ])('%s is refused', (_what, sent, why) => {
    expect(() => codec.decode(hex(sent))).toThrow(expect.objectContaining({ message: expect.stringContaining(why) }));
  });
});

test('a bigint that is too large is refused where nothing says that it is one', () => {
  expect(() => codec.encode({ a: 2n ** 64n })).toThrow(/more than 64 bits/);
});
