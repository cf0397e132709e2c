import type { Http2Stream } from 'node:http2';
import { decompress, isCompression, isTooLarge } from './compression.js';
import { MessageReader, tooLarge, type ReadMessage } from './message-reader.js';

/** What the messages of a stream become. */
export interface MessageSink {
  message(payload: Buffer): void;
  /** The peer sends no more, and everything was delivered. */
  ended(): void;
  /**
   * Nothing more can be read.
   *
   * @param why  For people: `it sent ...`.
   * @param kind `large` when a message is beyond the limit.
   */
  malformed(why: string, kind: 'large' | 'encoding' | 'form'): void;
}

/** What may be received and not consumed before the peer is held back; one message may exceed it. */
const windowBytes = 256 * 1024;
// Without it, any number of empty messages would fit.
const overheadBytes = 32;

/** Reads the messages of a stream, in order, and holds the peer back while too much of them waits to be consumed. */
export class IncomingMessages {
  private readonly reader: MessageReader;
  private waiting: ReadMessage[] | undefined;
  private inflating = false;
  private outstanding = 0;
  private outstandingBytes = 0;
  private hasEnded = false;
  private over = false;

  /** @param encoding The peer's `grpc-encoding`; asked when the first compressed message is there. */
  constructor(
    private readonly stream: Http2Stream,
    private readonly mostBytes: number,
    private readonly encoding: () => string | undefined,
    private readonly sink: MessageSink,
  ) {
    this.reader = new MessageReader(mostBytes);
    stream.on('data', (chunk: Buffer) => this.data(chunk));
    stream.on('end', () => this.end());
  }

  consumed(bytes: number): void {
    this.outstanding -= 1;
    this.outstandingBytes -= bytes + overheadBytes;
    if (this.outstandingBytes < windowBytes / 2) this.hold();
  }

  /** What comes from now on is thrown away. */
  stop(): void {
    this.over = true;
    this.waiting = undefined;
    this.stream.resume();
  }

  private data(chunk: Buffer): void {
    if (this.over) return;
    const messages = this.reader.read(chunk);
    if (typeof messages === 'string') {
      this.fail(messages, messages.includes('bytes are allowed') ? 'large' : 'form');
      return;
    }
    for (const message of messages) {
      if (this.waiting) this.waiting.push(message);
      else if (message.compressed) this.inflate(message.payload);
      else this.deliver(message.payload);
      if (this.over) return;
    }
    this.hold();
  }

  private end(): void {
    if (this.over) return;
    this.hasEnded = true;
    if (this.inflating) return;
    if (this.reader.midway) this.fail('it ended in the middle of a message', 'form');
    else this.finish();
  }

  private finish(): void {
    this.over = true;
    this.sink.ended();
  }

  private deliver(payload: Buffer): void {
    this.outstanding += 1;
    this.outstandingBytes += payload.length + overheadBytes;
    this.sink.message(payload);
  }

  private inflate(payload: Buffer): void {
    const encoding = this.encoding();
    if (!isCompression(encoding)) {
      const told = encoding ? `in ${JSON.stringify(encoding.slice(0, 40))}` : 'and did not say how';
      this.fail(`it sent a message that is compressed ${told}`, 'encoding');
      return;
    }
    this.waiting ??= [];
    this.inflating = true;
    decompress(encoding, payload, this.mostBytes, (error, bytes) => {
      this.inflating = false;
      if (this.over) return;
      if (error) {
        if (isTooLarge(error)) this.fail(tooLarge(this.mostBytes + 1, this.mostBytes), 'large');
        else this.fail(`it sent a message that is not in ${encoding}`, 'form');
        return;
      }
      this.deliver(bytes);
      this.proceed();
    });
  }

  private proceed(): void {
    while (!this.over && !this.inflating && this.waiting) {
      const next = this.waiting.shift();
      if (!next) this.waiting = undefined;
      else if (next.compressed) this.inflate(next.payload);
      else this.deliver(next.payload);
    }
    if (this.over || this.inflating) return;
    this.hold();
    if (this.hasEnded) this.end();
  }

  /** A single message is never a reason to wait: what comes after it may be its end. */
  private hold(): void {
    const full = this.outstanding > 1 && this.outstandingBytes >= windowBytes;
    if (full || this.inflating) this.stream.pause();
    else if (this.stream.isPaused()) this.stream.resume();
  }

  private fail(why: string, kind: 'large' | 'encoding' | 'form'): void {
    this.stop();
    this.sink.malformed(why, kind);
  }
}
