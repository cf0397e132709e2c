import type { Http2Stream } from 'node:http2';
import { compress, type Compression } from './compression.js';
import { framed } from './message-reader.js';

/** Below it, compressing makes larger what it should make smaller. */
const worthBytes = 1_024;

interface Held {
  readonly payload: Uint8Array | undefined;
  readonly end: boolean;
}

/** Writes messages to a stream, in order. */
export class OutgoingMessages {
  private held: Held[] | undefined;
  private listening = false;

  /** @param writable Called when more may be sent, after it might not. */
  constructor(
    private readonly stream: Http2Stream,
    private readonly compression: Compression | undefined,
    private readonly writable: () => void,
  ) {}

  get congested(): boolean {
    return this.held !== undefined || this.stream.writableNeedDrain;
  }

  send(payload: Uint8Array | undefined, end: boolean): void {
    if (this.held) this.held.push({ payload, end });
    else if (this.compression && payload && payload.length >= worthBytes) this.deflate(payload, end);
    else this.write(payload && framed(payload), end);
  }

  private deflate(payload: Uint8Array, end: boolean): void {
    this.held = [];
    compress(this.compression!, payload, (error, bytes) => {
      const smaller = !error && bytes.length < payload.length;
      this.write(smaller ? framed(bytes, true) : framed(payload), end);
      const held = this.held!;
      this.held = undefined;
      while (held.length > 0) {
        const next = held.shift()!;
        this.send(next.payload, next.end);
        // It is being compressed: the rest waits for it.
        if (this.held) (this.held as Held[]).push(...held.splice(0));
      }
      if (!this.congested) this.writable();
    });
  }

  private write(frame: Buffer | undefined, end: boolean): void {
    const { stream } = this;
    if (stream.destroyed || stream.closed || stream.writableEnded) return;
    if (end) {
      if (frame) stream.end(frame);
      else stream.end();
    } else if (frame && !stream.write(frame) && !this.listening) {
      this.listening = true;
      stream.once('drain', () => {
        this.listening = false;
        if (!this.congested) this.writable();
      });
    }
  }
}
