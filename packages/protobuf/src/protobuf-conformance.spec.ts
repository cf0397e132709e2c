import { codecConformance } from '@skerry/core/conformance';
import fc from 'fast-check';
import { ProtobufCodec } from './protobuf-codec.js';

const codec = new ProtobufCodec();
const struct = 0x2a;
const list = 0x32;

codecConformance(
  { describe, test, fc },
  {
    open: () => codec,
    hostile: {
      nested,
      object: (fields) =>
        field(
          struct,
          Buffer.concat(
            fields.map(([key, small]) => field(0x0a, Buffer.concat([field(0x0a, Buffer.from(key)), numeric(small)]))),
          ),
        ),
      promises: [0x1a, struct, list].flatMap((tag) =>
        [0x00ffffff, 0x01ffffff, 0x7fffffff, 0xffffffff].map((length) => Buffer.of(tag, ...varint(length))),
      ),
    },
    lacks: ['dates', 'bigints', 'bigintsRefused', 'bytes', 'loneSurrogates', 'anything', 'ends', 'mapsAsNothing'],
  },
);

/** Lists in a list, as `google.protobuf.Value`; from the inside to the outside, since each level says how long it is. */
function nested(levels: number): Uint8Array {
  const heads: number[][] = [];
  let inside = 0;
  for (let level = 0; level < levels; level++) {
    // A list, and around it the entry that it is in the next one.
    const head = [list, ...varint(inside)];
    inside += head.length;
    heads.push(head);
    if (level === levels - 1) break;
    const entry = [0x0a, ...varint(inside)];
    inside += entry.length;
    heads.push(entry);
  }
  return Buffer.from(heads.reverse().flat());
}

function numeric(value: number): Buffer {
  const double = Buffer.alloc(8);
  double.writeDoubleLE(value);
  return field(0x12, Buffer.concat([Buffer.of(0x11), double]));
}

function field(tag: number, contents: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(tag, ...varint(contents.length)), contents]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value % 0x80) | 0x80);
  return [...bytes, value];
}
