import { cannotDecode, cannotEncode, kindOf } from '../wire/failures.js';
import type { Reader } from '../wire/reader.js';
import type { Writer } from '../wire/writer.js';

// message Timestamp { int64 seconds = 1; int32 nanos = 2; }, without what is zero.
const secondsTag = 8;
const nanosTag = 16;
// As far as a Date goes, in ms.
const furthest = 8.64e15;

/** The contents of a `google.protobuf.Timestamp`: of a `Date`, or, from who has it from JSON, of its text. */
export function writeTimestamp(writer: Writer, value: unknown, where: string): void {
  const ms = value instanceof Date ? value.getTime() : typeof value === 'string' ? Date.parse(value) : undefined;
  if (ms === undefined) throw cannotEncode(where, `is ${kindOf(value)}, and no Date`);
  if (Number.isNaN(ms)) throw cannotEncode(where, 'is no valid date');
  const seconds = Math.floor(ms / 1000);
  const nanos = (ms - seconds * 1000) * 1_000_000;
  if (seconds !== 0) {
    writer.varint(secondsTag);
    writer.int64(seconds);
  }
  if (nanos !== 0) {
    writer.varint(nanosTag);
    writer.int32(nanos);
  }
}

/** What is finer than a millisecond is cut off. */
export function readTimestamp(reader: Reader): Date {
  let seconds = 0;
  let nanos = 0;
  while (reader.position < reader.end) {
    const tag = reader.tag();
    if (tag === secondsTag) seconds = reader.int64();
    else if (tag === nanosTag) nanos = reader.uint32() | 0;
    else reader.expectUnknown(tag, 2);
  }
  const ms = seconds * 1000 + Math.floor(nanos / 1_000_000);
  if (Math.abs(ms) > furthest) throw cannotDecode('a timestamp is beyond what a Date can hold');
  return new Date(ms);
}
