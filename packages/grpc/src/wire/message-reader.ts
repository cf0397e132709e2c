/** One message, as it came: what follows its five bytes of head. */
export interface ReadMessage {
  readonly payload: Buffer;
  readonly compressed: boolean;
}

/** Bytes before each message: whether it is compressed, and its length (u32 big-endian). */
const headBytes = 5;

const nothing = Buffer.alloc(0);

/**
 * Cuts messages out of the data of a stream. Keeps no more than one message that is not complete: a length beyond the limit is
 * refused before anything of it is kept.
 */
export class MessageReader {
  private parts: Buffer[] = [];
  private have = 0;
  /** How many bytes there must be before it is worth looking again. */
  private wanted = headBytes;

  /** @param mostBytes Of a message, as it is on the wire. */
  constructor(private readonly mostBytes: number) {}

  /** Whether it waits for the rest of a message. */
  get midway(): boolean {
    return this.have > 0;
  }

  /**
   * The messages that are complete with these bytes, or a string: what is wrong, after which nothing can be read.
   *
   * @param chunk Kept: the messages share it.
   */
  read(chunk: Buffer): readonly ReadMessage[] | string {
    this.have += chunk.length;
    if (this.have < this.wanted) {
      this.parts.push(chunk);
      return none;
    }
    let bytes = chunk;
    if (this.parts.length > 0) {
      this.parts.push(chunk);
      bytes = Buffer.concat(this.parts, this.have);
      this.parts = [];
    }
    const messages: ReadMessage[] = [];
    let at = 0;
    for (;;) {
      const left = bytes.length - at;
      this.wanted = headBytes;
      if (left < headBytes) break;
      const flag = bytes[at]!;
      if (flag > 1) return `it sent a message whose first byte is ${flag}`;
      const length = bytes.readUInt32BE(at + 1);
      if (length > this.mostBytes) return tooLarge(length, this.mostBytes);
      this.wanted = headBytes + length;
      if (left < this.wanted) break;
      const payload = length === 0 ? nothing : bytes.subarray(at + headBytes, at + headBytes + length);
      messages.push({ payload, compressed: flag === 1 });
      at += this.wanted;
    }
    this.have = bytes.length - at;
    if (this.have > 0) this.parts.push(at === 0 ? bytes : bytes.subarray(at));
    return messages;
  }
}

const none: readonly ReadMessage[] = Object.freeze([]);

export function tooLarge(bytes: number, limit: number): string {
  return `it sent a message of ${bytes} bytes, ${limit} bytes are allowed`;
}

/** A message with its head. */
export function framed(payload: Uint8Array, compressed = false): Buffer {
  const { length } = payload;
  const frame = Buffer.allocUnsafe(headBytes + length);
  frame[0] = compressed ? 1 : 0;
  frame.writeUInt32BE(length, 1);
  frame.set(payload, headBytes);
  return frame;
}
