import type { ScalarType } from '@skerry/core';
import { cannotEncode, kindOf } from '../wire/failures.js';
import { wire, type Reader } from '../wire/reader.js';
import type { Writer } from '../wire/writer.js';

/** How a scalar is written, without its tag, and read. */
export interface ScalarWire {
  readonly wireType: number;
  readonly write: WriteValue;
  readonly read: (reader: Reader) => unknown;
}

/** @param where For errors: `HelloRequest.age`. */
export type WriteValue = (writer: Writer, value: unknown, where: string) => void;

const lowest32 = -(2 ** 31);
const highest32 = 2 ** 31 - 1;
const highestUnsigned32 = 2 ** 32 - 1;

function integer(name: string, low: number, high: number, put: (writer: Writer, value: number) => void): WriteValue {
  return (writer, value, where) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < low || value > high) {
      throw cannotEncode(where, `is ${shown(value)}, and no ${name}`);
    }
    put(writer, value);
  };
}

/** Of 64 bits, as a number, as far as those are exact. A `bigint` is as good. */
function long(name: string, low: bigint, high: bigint, put: Put64, putBig: PutBig): WriteValue {
  const lowest = Math.max(Number(low), Number.MIN_SAFE_INTEGER);
  const big = bigInteger(name, low, high, putBig);
  return (writer, value, where) => {
    if (typeof value === 'bigint') return big(writer, value, where);
    if (!Number.isSafeInteger(value) || (value as number) < lowest) {
      throw cannotEncode(where, `is ${shown(value)}, and no ${name} that a number can hold exactly`);
    }
    put(writer, value as number);
  };
}

type Put64 = (writer: Writer, value: number) => void;
type PutBig = (writer: Writer, value: bigint) => void;

/** A `bigint`; or, from who has it from JSON, a whole number or its digits. */
function bigInteger(name: string, low: bigint, high: bigint, put: PutBig): WriteValue {
  return (writer, value, where) => {
    let big = value;
    if (Number.isSafeInteger(value)) big = BigInt(value as number);
    else if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) big = BigInt(value);
    if (typeof big !== 'bigint' || big < low || big > high) {
      throw cannotEncode(where, `is ${shown(value)}, and no ${name}`);
    }
    put(writer, big);
  };
}

const lowest64 = -(2n ** 63n);
const highest64 = 2n ** 63n - 1n;
const highestUnsigned64 = 2n ** 64n - 1n;

function float(put: (writer: Writer, value: number) => void): WriteValue {
  return (writer, value, where) => {
    if (typeof value !== 'number') throw cannotEncode(where, `is ${kindOf(value)}, and no number`);
    put(writer, value);
  };
}

const writeBool: WriteValue = (writer, value, where) => {
  if (typeof value !== 'boolean') throw cannotEncode(where, `is ${kindOf(value)}, and no boolean`);
  writer.varint(value ? 1 : 0);
};

const writeString: WriteValue = (writer, value, where) => {
  if (typeof value !== 'string') throw cannotEncode(where, `is ${kindOf(value)}, and no string`);
  if (!writer.string(value)) throw cannotEncode(where, 'has half a surrogate pair, which has no UTF-8');
};

/** Bytes; or, from who has them from JSON, their base64. */
const writeBytes: WriteValue = (writer, value, where) => {
  const bytes = typeof value === 'string' && /^[\w+/-]*={0,2}$/.test(value) ? Buffer.from(value, 'base64') : value;
  if (!(bytes instanceof Uint8Array)) throw cannotEncode(where, `is ${kindOf(value)}, and no bytes`);
  writer.blob(bytes);
};

const { varint, fixed32, fixed64, length } = wire;

/** The scalar types, with integers of 64 bits as numbers. */
export const scalars: Readonly<Record<ScalarType, ScalarWire>> = {
  double: { wireType: fixed64, write: float((w, v) => w.double(v)), read: (r) => r.double() },
  float: { wireType: fixed32, write: float((w, v) => w.float(v)), read: (r) => r.float() },
  int32: {
    ...{ wireType: varint },
    write: integer('int32', lowest32, highest32, (w, v) => w.int32(v)),
    read: (r) => r.uint32() | 0,
  },
  uint32: {
    ...{ wireType: varint },
    write: integer('uint32', 0, highestUnsigned32, (w, v) => w.varint(v)),
    read: (r) => r.uint32(),
  },
  sint32: {
    ...{ wireType: varint },
    write: integer('sint32', lowest32, highest32, (w, v) => w.sint32(v)),
    read: (r) => {
      const bits = r.uint32();
      return (bits >>> 1) ^ -(bits & 1);
    },
  },
  fixed32: {
    ...{ wireType: fixed32 },
    write: integer('fixed32', 0, highestUnsigned32, (w, v) => w.fixed32(v)),
    read: (r) => r.fixed32(),
  },
  sfixed32: {
    ...{ wireType: fixed32 },
    write: integer('sfixed32', lowest32, highest32, (w, v) => w.fixed32(v)),
    read: (r) => r.fixed32() | 0,
  },
  int64: {
    ...{ wireType: varint },
    write: long(
      'int64',
      lowest64,
      highest64,
      (w, v) => w.int64(v),
      (w, v) => w.bigVarint(v),
    ),
    read: (r) => r.int64(),
  },
  uint64: {
    ...{ wireType: varint },
    write: long(
      'uint64',
      0n,
      highestUnsigned64,
      (w, v) => w.int64(v),
      (w, v) => w.bigVarint(v),
    ),
    read: (r) => r.uint64(),
  },
  sint64: {
    ...{ wireType: varint },
    write: long(
      'sint64',
      lowest64,
      highest64,
      (w, v) => w.sint64(v),
      (w, v) => w.bigZigzag(v),
    ),
    read: (r) => r.sint64(),
  },
  fixed64: {
    ...{ wireType: fixed64 },
    write: long(
      'fixed64',
      0n,
      highestUnsigned64,
      (w, v) => w.fixed64(v),
      (w, v) => w.bigFixed64(v),
    ),
    read: (r) => r.fixed64(),
  },
  sfixed64: {
    ...{ wireType: fixed64 },
    write: long(
      'sfixed64',
      lowest64,
      highest64,
      (w, v) => w.fixed64(v),
      (w, v) => w.bigFixed64(v),
    ),
    read: (r) => r.sfixed64(),
  },
  bool: { wireType: varint, write: writeBool, read: (r) => r.bool() },
  string: { wireType: length, write: writeString, read: (r) => r.string() },
  bytes: { wireType: length, write: writeBytes, read: (r) => r.blob() },
};

const signedBig = (r: Reader): bigint => BigInt.asIntN(64, r.bigVarint());

/** Those of 64 bits, as `bigint`. */
export const bigScalars: Readonly<Partial<Record<ScalarType, ScalarWire>>> = {
  int64: {
    ...{ wireType: varint },
    write: bigInteger('int64', lowest64, highest64, (w, v) => w.bigVarint(v)),
    read: signedBig,
  },
  uint64: {
    ...{ wireType: varint },
    write: bigInteger('uint64', 0n, highestUnsigned64, (w, v) => w.bigVarint(v)),
    read: (r) => r.bigVarint(),
  },
  sint64: {
    ...{ wireType: varint },
    write: bigInteger('sint64', lowest64, highest64, (w, v) => w.bigZigzag(v)),
    read: (r) => {
      const bits = r.bigVarint();
      return (bits >> 1n) ^ -(bits & 1n);
    },
  },
  fixed64: {
    ...{ wireType: fixed64 },
    write: bigInteger('fixed64', 0n, highestUnsigned64, (w, v) => w.bigFixed64(v)),
    read: (r) => r.bigFixed64(),
  },
  sfixed64: {
    ...{ wireType: fixed64 },
    write: bigInteger('sfixed64', lowest64, highest64, (w, v) => w.bigFixed64(v)),
    read: (r) => BigInt.asIntN(64, r.bigFixed64()),
  },
};

/** Numbers say what is wrong with them; anything else could be long, or a secret. */
function shown(value: unknown): string {
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : kindOf(value);
}
