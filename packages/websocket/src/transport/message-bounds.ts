import type { ArrivingFrames } from '@skerry/core';

const opcode = { continuation: 0, close: 8 };
const longestHead = 14;

/**
 * Where the messages of a WebSocket begin and end (RFC 6455, 5.2), read beside the library, which tells of whole ones only:
 * what a peer does not finish has to be noticed too. Keeps none of what it sees, and judges nothing: that is the library's.
 */
export class MessageBounds implements ArrivingFrames {
  /** Messages, control frames included, that came whole. */
  completed = 0;
  /** Of the message that is not whole, heads included. */
  arrivedBytes = 0;
  /** What the message that is not whole has announced so far, in bytes of its own. */
  announcedBytes = 0;
  /** The peer has said its end. */
  closed = false;
  private readonly head = Buffer.alloc(longestHead);
  private headBytes = 0;
  /** Of the frame whose head was read. */
  private payloadLeft = 0;
  private final = true;
  private control = false;
  /** Fragments have come, and the last one has not. */
  private fragmented = false;

  get midFrame(): boolean {
    return this.headBytes > 0 || this.payloadLeft > 0 || this.fragmented;
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      if (this.payloadLeft > 0) {
        const here = Math.min(this.payloadLeft, chunk.length - at);
        this.payloadLeft -= here;
        this.arrivedBytes += here;
        at += here;
        if (this.payloadLeft === 0) this.frameEnded();
        continue;
      }
      this.head[this.headBytes++] = chunk[at++]!;
      this.arrivedBytes++;
      if (this.headBytes >= 2 && this.headBytes === headLength(this.head)) this.headEnded();
    }
  }

  private headEnded(): void {
    const { head } = this;
    const kind = head[0]! & 15;
    this.headBytes = 0;
    this.final = head[0]! >= 128;
    this.control = kind >= opcode.close;
    this.payloadLeft = payloadLength(head);
    if (kind === opcode.close) this.closed = true;
    if (!this.control)
      this.announcedBytes = (kind === opcode.continuation ? this.announcedBytes : 0) + this.payloadLeft;
    if (this.payloadLeft === 0) this.frameEnded();
  }

  private frameEnded(): void {
    if (!this.control) this.fragmented = !this.final;
    // A control frame may come between the fragments of a message, whose time runs on.
    if (this.fragmented) return;
    this.completed++;
    this.arrivedBytes = 0;
  }
}

/** @param head Two bytes of it at least. */
function headLength(head: Buffer): number {
  const length = head[1]! & 127;
  return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + (head[1]! >= 128 ? 4 : 0);
}

function payloadLength(head: Buffer): number {
  const length = head[1]! & 127;
  if (length < 126) return length;
  return length === 126 ? head.readUInt16BE(2) : head.readUInt32BE(2) * 2 ** 32 + head.readUInt32BE(6);
}
