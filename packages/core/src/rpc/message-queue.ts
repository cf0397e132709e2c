import type { SkerryError } from '../errors/skerry-error.js';

/** What a queue tells about its consumer. */
export interface QueueEvents {
  /** A message was taken, of so many bytes: its sender may send so much more. */
  consumed(bytes: number): void;
  /** The consumer wants no more: it left its loop. At most once, and not after the end. */
  left(): void;
}

interface Reader {
  readonly resolve: (result: IteratorResult<unknown>) => void;
  readonly reject: (error: SkerryError) => void;
}

/**
 * Messages between a stream, which puts them in as they arrive, and a loop, which takes them out when it gets to them. Bounded by
 * the stream's flow control: a sender may only send what was {@link QueueEvents.consumed}.
 */
export class MessageQueue implements AsyncIterableIterator<unknown> {
  private readonly waiting: { value: unknown; bytes: number }[] = [];
  private readonly readers: Reader[] = [];
  private ending?: { error?: SkerryError };

  constructor(private readonly events: QueueEvents) {}

  /** Messages that arrived and were not taken. */
  get length(): number {
    return this.waiting.length;
  }

  /** The first message that was not taken. */
  get first(): unknown {
    return this.waiting[0]?.value;
  }

  get ended(): boolean {
    return this.ending !== undefined;
  }

  /** @param bytes What the message weighs on the wire. */
  put(value: unknown, bytes: number): void {
    if (this.ending) return;
    const reader = this.readers.shift();
    if (!reader) {
      this.waiting.push({ value, bytes });
      return;
    }
    reader.resolve({ done: false, value });
    this.events.consumed(bytes);
  }

  /** There will be no more messages: what has arrived is still taken, then comes the end, or the error. */
  end(error?: SkerryError): void {
    if (this.ending) return;
    this.ending = error ? { error } : {};
    for (const reader of this.readers.splice(0)) {
      if (error) reader.reject(error);
      else reader.resolve(done);
    }
  }

  /** Drops what was not taken, and ends at once. */
  abandon(error?: SkerryError): void {
    this.waiting.length = 0;
    this.ending = undefined;
    this.end(error);
  }

  next(): Promise<IteratorResult<unknown>> {
    const message = this.waiting.shift();
    if (message) {
      this.events.consumed(message.bytes);
      return Promise.resolve({ done: false, value: message.value });
    }
    if (this.ending?.error) return Promise.reject(this.ending.error);
    if (this.ending) return Promise.resolve(done);
    return new Promise((resolve, reject) => this.readers.push({ resolve, reject }));
  }

  return(): Promise<IteratorResult<unknown>> {
    const leaves = !this.ending;
    this.abandon();
    if (leaves) this.events.left();
    return Promise.resolve(done);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

const done: IteratorResult<unknown> = { done: true, value: undefined };
