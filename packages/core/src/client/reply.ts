import { SkerryError } from '../errors/skerry-error.js';

/** Where a call puts what comes back, in order; `end` or `fail` is the last. */
export interface ReplySink {
  /** Called once it is known whether the handler answers many times, before anything else, unless the call fails first. */
  streams(streams: boolean): void;
  /** @param bytes What the message weighs on the wire: the sender may send so much more once it is consumed. */
  item(value: unknown, bytes: number): void;
  end(): void;
  fail(error: SkerryError): void;
}

/** What a call must hear from whoever consumes its reply. */
export interface ReplyEvents {
  cancel(): void;
  consumed(bytes: number): void;
}

/** The sink of a call that is known to answer once: an ordinary promise. */
export function single(what: string): { promise: Promise<unknown>; sink: ReplySink } {
  let sink!: ReplySink;
  const promise = new Promise((resolve, reject) => {
    let reply: unknown;
    let replied = false;
    sink = {
      streams: () => undefined,
      item: (value) => {
        reply = value;
        replied = true;
      },
      end: () => (replied ? resolve(reply) : reject(noReply(what))),
      fail: reject,
    };
  });
  return { promise, sink };
}

/**
 * What a call returns before anyone knows whether it answers once or many times: a promise and an async iterable in one,
 * because a client is made from a type, which does not exist at run time. The call was sent already; awaiting gives its one
 * reply, iterating its many. Leaving the loop early cancels the call.
 */
export class Reply implements Promise<unknown>, AsyncIterableIterator<unknown>, ReplySink {
  readonly [Symbol.toStringTag] = 'Reply';
  private readonly queue: { value: unknown; bytes: number }[] = [];
  private readonly readers: {
    resolve: (result: IteratorResult<unknown>) => void;
    reject: (error: SkerryError) => void;
  }[] = [];
  private readonly whole: Promise<unknown>;
  private settle!: { resolve: (value: unknown) => void; reject: (error: SkerryError) => void };
  private many?: boolean;
  private use?: 'awaited' | 'iterated';
  private finished?: { error?: SkerryError };

  /** @param what `greeter.hello`, for messages. */
  constructor(
    private readonly what: string,
    private readonly events: ReplyEvents,
  ) {
    this.whole = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
  }

  // What the call says.

  streams(streams: boolean): void {
    this.many = streams;
    this.refuseMisuse();
  }

  item(value: unknown, bytes: number): void {
    const reader = this.readers.shift();
    if (!reader) {
      this.queue.push({ value, bytes });
      return;
    }
    reader.resolve({ done: false, value });
    this.events.consumed(bytes);
  }

  end(): void {
    this.finish({});
    if (this.use === 'iterated') return;
    const [first] = this.queue;
    // A stream that nobody has looked at yet may still be iterated; only a single reply settles the promise.
    if (this.many) return;
    if (first) this.settle.resolve(first.value);
    else this.settle.reject(noReply(this.what));
  }

  fail(error: SkerryError): void {
    this.finish({ error });
    this.settle.reject(error);
  }

  // What the caller does: await it ...

  then<A = unknown, B = never>(
    fulfilled?: ((value: unknown) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.use ??= 'awaited';
    this.refuseMisuse();
    return this.whole.then(fulfilled, rejected);
  }

  catch<B = never>(rejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<unknown> {
    return this.then(undefined, rejected);
  }

  finally(settled?: (() => void) | null): Promise<unknown> {
    this.use ??= 'awaited';
    this.refuseMisuse();
    return this.whole.finally(settled);
  }

  // ... or iterate it.

  [Symbol.asyncIterator](): this {
    this.use ??= 'iterated';
    // The iterator tells of the failure; the promise must not tell of it too, as an unhandled rejection.
    this.whole.catch(() => undefined);
    this.refuseMisuse();
    return this;
  }

  next(): Promise<IteratorResult<unknown>> {
    const item = this.queue.shift();
    if (item) {
      this.events.consumed(item.bytes);
      return Promise.resolve({ done: false, value: item.value });
    }
    if (this.finished?.error) return Promise.reject(this.finished.error);
    if (this.finished) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => this.readers.push({ resolve, reject }));
  }

  return(): Promise<IteratorResult<unknown>> {
    if (!this.finished) {
      this.finish({});
      this.events.cancel();
    }
    this.queue.length = 0;
    return Promise.resolve({ done: true, value: undefined });
  }

  private finish(how: { error?: SkerryError }): void {
    if (this.finished) return;
    this.finished = how;
    for (const reader of this.readers.splice(0)) {
      if (how.error) reader.reject(how.error);
      else reader.resolve({ done: true, value: undefined });
    }
  }

  /** Awaiting a stream, or iterating a single reply, is found out as soon as both sides are known. */
  private refuseMisuse(): void {
    if (this.many === undefined || this.use === undefined || this.many === (this.use === 'iterated')) return;
    const error = new SkerryError(
      'SKERRY_RPC_WRONG_KIND',
      this.many
        ? `Cannot await ${this.what}: it answers many times. Iterate it: for await (const item of ...).`
        : `Cannot iterate ${this.what}: it answers once. Await it.`,
    );
    this.queue.length = 0;
    const running = !this.finished;
    delete this.finished;
    this.fail(error);
    if (running) this.events.cancel();
  }
}

function noReply(what: string): SkerryError {
  return new SkerryError('SKERRY_RPC_PROTOCOL', `${what} ended without a reply`);
}
