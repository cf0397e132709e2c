import type { SkerryError } from '../errors/skerry-error.js';
import { dataPayload, dataProblem } from './frames.js';
import type { OpenStream } from './open-stream.js';
import type { Outbox } from './outbox.js';
import { dataFlag } from './protocol.js';

/** The streams of a connection that are not over, and the frames that both sides send on them. */
export class Streams {
  /** The highest stream that was opened: what is on its way to one below it, and over, is nobody's fault. */
  last = 0;
  /** Either side has said that it takes no more streams. */
  leaving = false;
  private readonly open = new Map<number, OpenStream>();

  constructor(
    private readonly outbox: Outbox,
    private readonly maxMessageBytes: number,
  ) {}

  get size(): number {
    return this.open.size;
  }

  get(id: number): OpenStream | undefined {
    return this.open.get(id);
  }

  add(stream: OpenStream): void {
    this.last = stream.id;
    this.open.set(stream.id, stream);
  }

  delete(stream: OpenStream): void {
    this.open.delete(stream.id);
  }

  /** What is wrong with a frame for a stream that is not open; nothing where it was open once. */
  unknown(id: number): string | undefined {
    return id === 0 || id > this.last ? `it sent a frame on stream ${id}, which was never opened` : undefined;
  }

  /** Takes a DATA frame. A string is what is wrong with it. */
  data(bytes: Buffer): string | undefined {
    const problem = dataProblem(bytes);
    if (problem !== undefined) return problem;
    const id = bytes.readUInt32BE(1);
    const stream = this.open.get(id);
    if (!stream) return this.unknown(id);
    const payload = dataPayload(bytes);
    if (payload !== undefined && payload.length > this.maxMessageBytes) {
      return `it sent a message of ${payload.length} bytes, ${this.maxMessageBytes} bytes are allowed`;
    }
    return stream.message(payload, (bytes[5]! & dataFlag.end) !== 0);
  }

  /** Takes a CREDIT frame. A string is what is wrong with it. */
  credit(bytes: Buffer): string | undefined {
    if (bytes.length !== 9) return 'its CREDIT is malformed';
    const id = bytes.readUInt32BE(1);
    const stream = this.open.get(id);
    return stream ? stream.granted(bytes.readUInt32BE(5)) : this.unknown(id);
  }

  /** The link has room again: gives it to those who want it, in turn. */
  drained(): void {
    for (const stream of [...this.open.values()]) {
      if (this.outbox.congested) return;
      // To the end of the queue, so that a few busy streams do not starve the others.
      if (stream.drained() && this.open.delete(stream.id)) this.open.set(stream.id, stream);
    }
  }

  /** Loses those above `above`. */
  lose(error: SkerryError, started: boolean, above = 0): void {
    for (const stream of [...this.open.values()]) if (stream.id > above) stream.lost(error, started);
  }
}
