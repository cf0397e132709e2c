import { isUtf8 } from 'node:buffer';

/** What {@link checkMsgpack} has seen. */
export interface MsgpackCheck {
  /** Why it is no message; `undefined` where it is one. */
  readonly fault?: string;
  /** Behind its last byte. */
  readonly end: number;
  /** It has keys `constructor`. */
  readonly traps: boolean;
}

const deepest = 64;

/**
 * Looks at one value, byte for byte, in its format (github.com/msgpack/msgpack/blob/master/spec.md) and makes nothing of it: what
 * lengths promise has to be there. Takes time in proportion to the bytes.
 */
export function checkMsgpack(bytes: Uint8Array, from = 0): MsgpackCheck {
  const walk = new Walk(bytes, from);
  const fault = walk.value();
  return { ...(fault === undefined ? {} : { fault }), end: walk.at, traps: walk.traps };
}

/** A list or map that is not complete. */
interface Level {
  /** Values still to come; of a map, keys as well. */
  left: number;
  readonly map: boolean;
}

const cutShort = 'it is cut short';

class Walk {
  traps = false;
  /** Where the last text begins. */
  private textAt = 0;
  private readonly view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(): string | undefined {
    const open: Level[] = [];
    do {
      const level = open.at(-1);
      const isKey = level?.map === true && level.left % 2 === 0;
      if (level) level.left--;
      const head = this.bytes[this.at++];
      if (head === undefined) return cutShort;
      const inner = isKey ? this.key(head) : this.one(head);
      if (typeof inner === 'string') return inner;
      if (inner) {
        if (open.length === deepest) return `it is nested deeper than ${deepest} levels`;
        open.push(inner);
      }
      while (open.at(-1)?.left === 0) open.pop();
    } while (open.length > 0);
    return undefined;
  }

  private key(head: number): string | undefined {
    const isText = (head >= 0xa0 && head < 0xc0) || (head >= 0xd9 && head <= 0xdb);
    if (!isText) return 'a key of a map is no text';
    const fault = this.one(head);
    if (typeof fault === 'string') return fault;
    const { textAt, at } = this;
    if (at - textAt === proto.length && proto.compare(this.bytes, textAt, at) === 0)
      return 'a key of a map is __proto__';
    this.traps ||= at - textAt === constructor.length && constructor.compare(this.bytes, textAt, at) === 0;
    return undefined;
  }

  /** A list or map, whose values are still to be looked at; or why it is wrong. */
  private one(head: number): Level | string | undefined {
    if (head < 0x80 || head >= 0xe0) return undefined;
    if (head < 0x90) return map(head & 0x0f);
    if (head < 0xa0) return list(head & 0x0f);
    if (head < 0xc0) return this.text(head & 0x1f);
    switch (head) {
      case 0xc0:
      case 0xc2:
      case 0xc3:
        return undefined;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.skip(this.length(head - 0xc4));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.extension(this.length(head - 0xc7));
      case 0xca:
      case 0xce:
      case 0xd2:
        return this.skip(4);
      case 0xcb:
      case 0xcf:
      case 0xd3:
        return this.skip(8);
      case 0xcc:
      case 0xd0:
        return this.skip(1);
      case 0xcd:
      case 0xd1:
        return this.skip(2);
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.text(this.length(head - 0xd9));
      case 0xdc:
      case 0xdd:
        return this.many(this.length(head - 0xdc + 1), list);
      case 0xde:
      case 0xdf:
        return this.many(this.length(head - 0xde + 1), map);
      default:
        if (head >= 0xd4 && head <= 0xd8) return this.extension(1 << (head - 0xd4));
        return 'a value begins with 0xc1, which is never used';
    }
  }

  private many(length: number | undefined, of: (length: number) => Level): Level | string {
    // Each takes a byte at least.
    if (length === undefined || length > this.bytes.length - this.at) return cutShort;
    return of(length);
  }

  private text(length: number | undefined): string | undefined {
    this.textAt = this.at;
    const fault = this.skip(length);
    return fault ?? (isUtf8(this.bytes.subarray(this.textAt, this.at)) ? undefined : 'a text is not valid UTF-8');
  }

  private extension(length: number | undefined): string | undefined {
    if (length === undefined || this.at >= this.bytes.length) return cutShort;
    const type = this.view.getInt8(this.at++);
    if (type !== -1) return `it has a value of the extension type ${type}, and only -1, a timestamp, is known`;
    if (length !== 4 && length !== 8 && length !== 12) return 'a timestamp has a length that none has';
    return this.skip(length);
  }

  private skip(length: number | undefined): string | undefined {
    if (length === undefined || length > this.bytes.length - this.at) return cutShort;
    this.at += length;
    return undefined;
  }

  /** @param size 0, 1 and 2 for lengths of 1, 2 and 4 bytes. */
  private length(size: number): number | undefined {
    const at = this.at;
    this.at += 1 << size;
    if (this.at > this.bytes.length) return undefined;
    return size === 0 ? this.view.getUint8(at) : size === 1 ? this.view.getUint16(at) : this.view.getUint32(at);
  }
}

function list(length: number): Level {
  return { left: length, map: false };
}

function map(length: number): Level {
  return { left: 2 * length, map: true };
}

const proto = Buffer.from('__proto__');
const constructor = Buffer.from('constructor');
