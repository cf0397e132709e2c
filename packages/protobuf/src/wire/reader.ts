import { isUtf8 } from 'node:buffer';
import { cannotDecode, deepest } from './failures.js';
import type { SkerryError } from '@skerry/core';

/** How a field is written, whatever it is. Groups (3 and 4) are of the time before proto3. */
export const wire = { varint: 0, fixed64: 1, length: 2, fixed32: 5 } as const;

const two32 = 2 ** 32;
const shortText = 20;
// One for each length, used again and again.
const codes = Array.from({ length: shortText + 1 }, (_, length) => new Array<number>(length).fill(0));
const eight = new Uint8Array(8);
const asDouble = new Float64Array(eight.buffer);
const asFloat = new Float32Array(eight.buffer);

/** Reads the primitives of the wire format. Throws `SKERRY_CODEC_DECODE_FAILED` instead of reading beyond the end. */
export class Reader {
  position = 0;
  /** Of the message that is read, or of the whole. */
  end: number;
  private depth = 0;
  /** The upper half of what {@link varint64} or {@link fixed64} read last; it returns the lower. */
  private high = 0;
  private readonly buffer: Buffer;

  constructor(private readonly bytes: Uint8Array) {
    this.end = bytes.length;
    this.buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Begins with a Value: what is in it is the outermost message, and it is none itself. */
  outermostValue(): this {
    this.depth = -1;
    return this;
  }

  /** Field number and wire type, as they are written: `number << 3 | type`. */
  tag(): number {
    if (this.position < this.end) {
      const first = this.bytes[this.position]!;
      if (first < 0x80 && first > 7) {
        this.position++;
        return first;
      }
    }
    const low = this.varint64();
    if (this.high !== 0) throw cannotDecode('a field number is too large');
    if (low < 8) throw cannotDecode('a field has the number 0');
    return low;
  }

  /** The lower 32 bits of a varint, without sign. */
  uint32(): number {
    if (this.position < this.end) {
      const first = this.bytes[this.position]!;
      if (first < 0x80) {
        this.position++;
        return first;
      }
    }
    return this.varint64();
  }

  bool(): boolean {
    return (this.varint64() | this.high) !== 0;
  }

  /** Of 64 bits, with sign, as a number. Throws for one that is not safe. */
  int64(): number {
    return this.whole(this.varint64(), this.high | 0);
  }

  uint64(): number {
    return this.whole(this.varint64(), this.high);
  }

  sint64(): number {
    const low = this.varint64();
    const sign = -(low & 1);
    return this.whole((((low >>> 1) | (this.high << 31)) ^ sign) >>> 0, (this.high >>> 1) ^ sign);
  }

  bigVarint(): bigint {
    const low = this.varint64();
    return (BigInt(this.high) << 32n) | BigInt(low);
  }

  fixed32(): number {
    const { bytes } = this;
    const at = this.advance(4);
    return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
  }

  fixed64(): number {
    return this.whole(this.halves(), this.high);
  }

  sfixed64(): number {
    return this.whole(this.halves(), this.high | 0);
  }

  bigFixed64(): bigint {
    const low = this.halves();
    return (BigInt(this.high) << 32n) | BigInt(low);
  }

  float(): number {
    const at = this.advance(4);
    for (let index = 0; index < 4; index++) eight[index] = this.bytes[at + index]!;
    return asFloat[0]!;
  }

  double(): number {
    const at = this.advance(8);
    const { bytes } = this;
    for (let index = 0; index < 8; index++) eight[index] = bytes[at + index]!;
    return asDouble[0]!;
  }

  string(): string {
    const length = this.length();
    const start = this.position;
    const end = (this.position += length);
    if (length <= shortText) {
      const { bytes } = this;
      const units = codes[length]!;
      let index = 0;
      for (; index < length; index++) {
        const byte = bytes[start + index]!;
        if (byte > 0x7f) break;
        units[index] = byte;
      }
      // Cheaper than a call into Node for a short text.
      if (index === length) return String.fromCharCode(...units);
    }
    const text = this.buffer.toString('utf8', start, end);
    // Node puts this sign where bytes are wrong; it may also have been sent.
    if (text.includes('\ufffd') && !isUtf8(this.buffer.subarray(start, end))) {
      throw cannotDecode('a string is not valid UTF-8');
    }
    return text;
  }

  /** They share the memory of what is read. */
  blob(): Uint8Array {
    const length = this.length();
    const start = this.position;
    this.position += length;
    return new Uint8Array(this.bytes.buffer, this.bytes.byteOffset + start, length);
  }

  /** The length in front of what follows; never more than there is, so that nothing is allocated by promise. */
  length(): number {
    const length = this.varint64();
    if (this.high !== 0 || length > this.end - this.position) {
      throw cannotDecode('it ends in the middle of a field');
    }
    return length;
  }

  /** Reads only what has its length in front, until {@link leave} is given the result. */
  enter(): number {
    const length = this.length();
    const outer = this.end;
    this.end = this.position + length;
    return outer;
  }

  leave(outer: number): void {
    this.end = outer;
  }

  /** As {@link enter}, a level deeper. */
  enterMessage(): number {
    if (++this.depth >= deepest) throw cannotDecode(`it is nested deeper than ${deepest} levels`);
    return this.enter();
  }

  leaveMessage(outer: number): void {
    this.depth--;
    this.end = outer;
  }

  /** Of a field that is not known. */
  skip(tag: number): void {
    switch (tag & 7) {
      case wire.varint:
        this.varint64();
        return;
      case wire.fixed64:
        this.advance(8);
        return;
      case wire.length: {
        const length = this.length();
        this.position += length;
        return;
      }
      case wire.fixed32:
        this.advance(4);
        return;
      default:
        throw cannotDecode(`a field has the wire type ${tag & 7}, which proto3 does not have`);
    }
  }

  /** Skips a field, unless its number is one of those up to `highest`: those are known, and would have the wrong wire type. */
  expectUnknown(tag: number, highest: number): void {
    if (tag >>> 3 <= highest) throw wrongWireType(tag);
    this.skip(tag);
  }

  private advance(count: number): number {
    const at = this.position;
    if (count > this.end - at) throw cannotDecode('it ends in the middle of a field');
    this.position = at + count;
    return at;
  }

  private halves(): number {
    const low = this.fixed32();
    this.high = this.fixed32();
    return low;
  }

  private varint64(): number {
    const { bytes, end } = this;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.position >= end) throw cannotDecode('it ends in the middle of a field');
      const byte = bytes[this.position++]!;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >> 4;
      } else if (shift < 63) high |= bits << (shift - 32);
      else if (byte > 1) break;
      else high |= bits << 31;
      if (byte < 0x80) {
        this.high = high >>> 0;
        return low >>> 0;
      }
    }
    throw cannotDecode('a varint has more than 64 bits');
  }

  private whole(low: number, high: number): number {
    const value = high * two32 + low;
    if (!Number.isSafeInteger(value)) {
      throw cannotDecode('an integer is too large for a number; its field can be a bigint');
    }
    return value;
  }
}

/** A field that is known, and written as something else. */
export function wrongWireType(tag: number, where = `field ${tag >>> 3}`): SkerryError {
  return cannotDecode(`${where} has the wire type ${tag & 7}, which is not that of its type`);
}
