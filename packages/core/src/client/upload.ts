import type { RpcStream } from '../rpc/stream.js';

/** What an upload needs of the call that it belongs to. */
export interface UploadEvents {
  readonly encode: (message: unknown) => Uint8Array;
  /** The messages could not be had, or not be encoded. */
  readonly failed: (cause: unknown) => void;
}

/**
 * Beyond this the node must have taken messages, so it has begun: its flow control lets through no more before. Until then
 * what was sent is kept, because the call may still be refused and go to another node.
 */
const keptBytes = 256 * 1024;

/** Sends the messages of a client stream, one after the other, as fast as the node takes them. */
export class Upload {
  private readonly iterator: AsyncIterator<unknown> | Iterator<unknown>;
  private kept: Uint8Array[] = [];
  private bytes = 0;
  private sent = 0;
  private complete = false;
  private endSent = false;
  private stopped = false;
  /** Nothing is kept any more: the upload cannot begin again. */
  private forgotten = false;
  private stream?: RpcStream;
  private wake?: () => void;

  constructor(
    messages: AsyncIterable<unknown> | Iterable<unknown>,
    private readonly events: UploadEvents,
  ) {
    this.iterator = Symbol.asyncIterator in messages ? messages[Symbol.asyncIterator]() : messages[Symbol.iterator]();
  }

  /** Whether it could be sent to another node from its beginning. */
  get repeatable(): boolean {
    return !this.forgotten;
  }

  /** Sends to this stream from now on: first what was sent to the one before. */
  to(stream: RpcStream): void {
    const begins = this.stream === undefined;
    this.stream = stream;
    this.sent = 0;
    this.endSent = false;
    this.flush();
    if (begins) void this.pull();
    else this.wake?.();
  }

  /** What was kept is sent in another form from now on. */
  reencode(change: (message: Uint8Array) => Uint8Array): void {
    this.kept = this.kept.map(change);
  }

  /** The stream takes more. */
  writable(): void {
    this.flush();
    this.wake?.();
  }

  /** Nothing is sent any more; whoever makes the messages is told. */
  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.wake?.();
    if (!this.complete) void Promise.resolve(this.iterator.return?.()).catch(() => undefined);
  }

  private async pull(): Promise<void> {
    try {
      while (!this.stopped) {
        const next: IteratorResult<unknown, unknown> = await this.iterator.next();
        if (this.stopped) return;
        if (next.done) {
          this.complete = true;
          this.flush();
          return;
        }
        const message = this.events.encode(next.value);
        this.kept.push(message);
        this.bytes += message.length;
        this.flush();
        // What could not be sent yet holds back what comes after it.
        while (!this.stopped && this.sent < this.kept.length)
          await new Promise<void>((resolve) => (this.wake = resolve));
        this.forget();
      }
    } catch (error) {
      if (!this.stopped) this.events.failed(error);
    }
  }

  private flush(): void {
    const { stream, kept } = this;
    if (!stream || this.stopped) return;
    while (this.sent < kept.length && stream.writable) stream.send(kept[this.sent++], false);
    if (!this.complete || this.endSent || this.sent < kept.length) return;
    this.endSent = true;
    stream.send(undefined, true);
  }

  private forget(): void {
    if (!this.forgotten && this.bytes <= keptBytes) return;
    this.forgotten = true;
    this.kept = [];
    this.sent = 0;
  }
}
