import { encodeJson } from './frames.js';
import type { PageStream } from './page-stream.js';

/** Until the server must have taken messages what was sent is kept: the call may be refused, and be sent again. */
const keptBytes = 256 * 1024;

/** Sends the messages of a client stream, one after the other, as fast as the server takes them. */
export class Upload {
  private readonly iterator: AsyncIterator<unknown> | Iterator<unknown>;
  private kept: Uint8Array[] = [];
  private bytes = 0;
  private sent = 0;
  private pulling = false;
  private complete = false;
  private endSent = false;
  private stopped = false;
  private forgotten = false;
  private stream: PageStream | undefined;
  private wake: (() => void) | undefined;

  /** @param failed What makes the messages threw, or gave what has no JSON. */
  constructor(
    messages: AsyncIterable<unknown> | Iterable<unknown>,
    private readonly failed: (cause: unknown) => void,
  ) {
    this.iterator = Symbol.asyncIterator in messages ? messages[Symbol.asyncIterator]() : messages[Symbol.iterator]();
  }

  /** Whether it could be sent again from its beginning. */
  get repeatable(): boolean {
    return !this.forgotten;
  }

  /** Sends to this stream from now on: first what was sent to the one before. */
  to(stream: PageStream): void {
    this.stream = stream;
    this.sent = 0;
    this.endSent = false;
    this.writable();
    if (!this.pulling) void this.pull();
    this.pulling = true;
  }

  writable(): void {
    const { stream, kept } = this;
    if (!stream || this.stopped) return;
    while (this.sent < kept.length && stream.writable) stream.send(kept[this.sent++], false);
    if (this.complete && !this.endSent && this.sent === kept.length) {
      this.endSent = true;
      stream.send(undefined, true);
    }
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
        if (next.done) this.complete = true;
        else {
          const message = encodeJson(next.value);
          this.kept.push(message);
          this.bytes += message.length;
        }
        this.writable();
        if (this.complete) return;
        // What could not be sent yet holds back what comes after it.
        while (!this.stopped && this.sent < this.kept.length) await new Promise<void>((go) => (this.wake = go));
        this.forget();
      }
    } catch (error) {
      if (!this.stopped) this.failed(error);
    }
  }

  private forget(): void {
    if (!this.forgotten && this.bytes <= keptBytes) return;
    this.forgotten = true;
    this.kept = [];
    this.sent = 0;
  }
}
