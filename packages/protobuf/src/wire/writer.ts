import { deepest, cannotEncode } from './failures.js';

const firstBytes = 4096;
// What grew beyond this is not kept for the next message.
const mostKeptBytes = 1024 * 1024;
const shortText = 48;
const two32 = 2 ** 32;

/** Writes the primitives of the wire format into one buffer that grows, and is used again for the next message. */
export class Writer {
  private bytes: Buffer = Buffer.allocUnsafeSlow(firstBytes);
  private view = viewOf(this.bytes);
  private position = 0;
  private depth = 0;

  /** What was written, as bytes of their own; the writer is empty again. */
  finish(): Uint8Array {
    const length = this.position;
    const result = Buffer.allocUnsafe(length);
    this.bytes.copy(result, 0, 0, length);
    this.reset();
    return result;
  }

  /** After an error. */
  reset(): void {
    this.position = 0;
    this.depth = 0;
    if (this.bytes.length > mostKeptBytes) this.use(Buffer.allocUnsafeSlow(firstBytes));
  }

  /** @param value At most 32 bits, without sign. */
  varint(value: number): void {
    if (this.position + 5 > this.bytes.length) this.grow(5);
    const { bytes } = this;
    let position = this.position;
    while (value > 0x7f) {
      bytes[position++] = (value & 0x7f) | 0x80;
      value >>>= 7;
    }
    bytes[position++] = value;
    this.position = position;
  }

  int32(value: number): void {
    if (value >= 0) this.varint(value);
    // A negative number is written as one of 64 bits, for those who read it as such.
    else this.varint64(value >>> 0, 0xffffffff);
  }

  /** @param value A safe integer. */
  int64(value: number): void {
    if (value >= 0 && value < two32) this.varint(value);
    else this.varint64(value >>> 0, Math.floor(value / two32) >>> 0);
  }

  sint32(value: number): void {
    this.varint(((value << 1) ^ (value >> 31)) >>> 0);
  }

  /** @param value A safe integer. */
  sint64(value: number): void {
    const low = value >>> 0;
    const high = Math.floor(value / two32) | 0;
    const sign = high >> 31;
    this.varint64(((low << 1) ^ sign) >>> 0, (((high << 1) | (low >>> 31)) ^ sign) >>> 0);
  }

  bigVarint(value: bigint): void {
    const bits = BigInt.asUintN(64, value);
    this.varint64(Number(bits & 0xffffffffn), Number(bits >> 32n));
  }

  bigZigzag(value: bigint): void {
    this.bigVarint((value << 1n) ^ (value >> 63n));
  }

  fixed32(value: number): void {
    this.room(4);
    this.view.setInt32(this.position, value, true);
    this.position += 4;
  }

  /** @param value A safe integer. */
  fixed64(value: number): void {
    this.fixed32(value >>> 0);
    this.fixed32(Math.floor(value / two32));
  }

  bigFixed64(value: bigint): void {
    this.room(8);
    this.view.setBigInt64(this.position, BigInt.asIntN(64, value), true);
    this.position += 8;
  }

  float(value: number): void {
    this.room(4);
    this.view.setFloat32(this.position, value, true);
    this.position += 4;
  }

  double(value: number): void {
    if (this.position + 8 > this.bytes.length) this.grow(8);
    this.view.setFloat64(this.position, value, true);
    this.position += 8;
  }

  /** With its length in front. Returns whether it is well-formed: half a surrogate pair has no UTF-8. */
  string(text: string): boolean {
    const { length } = text;
    if (length > shortText) return this.longString(text);
    this.room(2 + length * 3);
    const { bytes } = this;
    const start = this.position + 1;
    let position = start;
    for (let index = 0; index < length; index++) {
      let unit = text.charCodeAt(index);
      if (unit < 0x80) {
        bytes[position++] = unit;
        continue;
      }
      if (unit < 0x800) {
        bytes[position++] = 0xc0 | (unit >> 6);
      } else if (unit < 0xd800 || unit > 0xdfff) {
        bytes[position++] = 0xe0 | (unit >> 12);
        bytes[position++] = 0x80 | ((unit >> 6) & 0x3f);
      } else {
        const low = unit < 0xdc00 && index + 1 < length ? text.charCodeAt(index + 1) : 0;
        if (low < 0xdc00 || low > 0xdfff) return false;
        index++;
        unit = 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff);
        bytes[position++] = 0xf0 | (unit >> 18);
        bytes[position++] = 0x80 | ((unit >> 12) & 0x3f);
        bytes[position++] = 0x80 | ((unit >> 6) & 0x3f);
      }
      bytes[position++] = 0x80 | (unit & 0x3f);
    }
    const size = position - start;
    if (size < 0x80) {
      bytes[start - 1] = size;
    } else {
      bytes.copyWithin(start + 1, start, position++);
      bytes[start - 1] = (size & 0x7f) | 0x80;
      bytes[start] = size >> 7;
    }
    this.position = position;
    return true;
  }

  /** With their length in front. */
  blob(blob: Uint8Array): void {
    this.varint(blob.length);
    this.room(blob.length);
    this.bytes.set(blob, this.position);
    this.position += blob.length;
  }

  mark(): number {
    return this.position;
  }

  rewind(mark: number): void {
    this.position = mark;
  }

  /** Whether nothing but zeros was written since: of a value of whatever type, then it is the zero of that. */
  isZeroSince(mark: number): boolean {
    for (let index = mark; index < this.position; index++) if (this.bytes[index] !== 0) return false;
    return true;
  }

  /** Begins what has its length in front: give the result to {@link close}. */
  open(): number {
    this.room(1);
    // Most are short: one byte is kept for the length, and the rest moved where that is too little.
    return ++this.position;
  }

  close(start: number): void {
    const size = this.position - start;
    if (size < 0x80) {
      this.bytes[start - 1] = size;
      return;
    }
    const more = varintBytes(size) - 1;
    this.room(more);
    this.bytes.copyWithin(start + more, start, this.position);
    this.position = start - 1;
    this.varint(size);
    this.position += size;
  }

  /** As {@link open}, a level deeper. Throws where that is too deep, or a circle. */
  openMessage(where: string): number {
    if (++this.depth >= deepest) throw cannotEncode(where, `is nested deeper than ${deepest} levels`);
    return this.open();
  }

  closeMessage(start: number): void {
    this.depth--;
    this.close(start);
  }

  /** Begins with a Value: what is in it is the outermost message, and it is none itself. */
  outermostValue(): void {
    this.depth = -1;
  }

  private longString(text: string): boolean {
    if (!(text as unknown as { isWellFormed(): boolean }).isWellFormed()) return false;
    const size = Buffer.byteLength(text);
    this.varint(size);
    this.room(size);
    this.position += this.bytes.write(text, this.position, 'utf8');
    return true;
  }

  private varint64(low: number, high: number): void {
    this.room(10);
    const { bytes } = this;
    while (high > 0) {
      bytes[this.position++] = (low & 0x7f) | 0x80;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    this.varint(low);
  }

  private room(count: number): void {
    if (this.position + count > this.bytes.length) this.grow(count);
  }

  private grow(count: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.position + count));
    this.bytes.copy(larger, 0, 0, this.position);
    this.use(larger);
  }

  private use(bytes: Buffer): void {
    this.bytes = bytes;
    this.view = viewOf(bytes);
  }
}

let idle: Writer | undefined;

/** Lets `write` fill a writer. Messages whose getters encode others get another one meanwhile. */
export function written<T>(write: (writer: Writer, value: T) => void, value: T): Uint8Array {
  const writer = idle ?? new Writer();
  idle = undefined;
  try {
    write(writer, value);
    return writer.finish();
  } catch (error) {
    writer.reset();
    throw error;
  } finally {
    idle = writer;
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function varintBytes(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;
}
