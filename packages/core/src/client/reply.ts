import { SkerryError } from '../errors/skerry-error.js';
import { MessageQueue, type QueueEvents } from '../rpc/message-queue.js';

/** Where a call puts what comes back, in order; `end` or `fail` is the last. */
export interface ReplySink {
  /** Whether something has arrived that nobody has taken yet. */
  readonly backlog: boolean;
  /** Called once it is known whether the handler answers many times, before anything else, unless the call fails first. */
  streams(streams: boolean): void;
  /** @param bytes What the message weighs on the wire: the sender may send so much more once it is consumed. */
  item(value: unknown, bytes: number): void;
  end(): void;
  fail(error: SkerryError): void;
}

/** The sink of a call that is known to answer once: an ordinary promise. */
export class SingleReply implements ReplySink {
  readonly backlog = false;
  readonly promise: Promise<unknown>;
  private resolve!: (value: unknown) => void;
  private reject!: (error: SkerryError) => void;
  private reply: unknown = noneYet;

  /** @param what `greeter.hello`, for messages. */
  constructor(private readonly what: string) {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  streams(): void {
    // It is known.
  }

  item(value: unknown): void {
    this.reply = value;
  }

  end(): void {
    if (this.reply === noneYet) this.reject(noReply(this.what));
    else this.resolve(this.reply);
  }

  fail(error: SkerryError): void {
    this.reject(error);
  }
}

const noneYet = Symbol('no reply yet');

/**
 * What a call returns before anyone knows whether it answers once or many times: a promise and an async iterable in one,
 * because a client is made from a type, which does not exist at run time. The call was sent already; awaiting gives its one
 * reply, iterating its many. Leaving the loop early cancels the call.
 */
export class Reply implements Promise<unknown>, AsyncIterableIterator<unknown>, ReplySink {
  readonly [Symbol.toStringTag] = 'Reply';
  private readonly queue: MessageQueue;
  private readonly whole: Promise<unknown>;
  private settle!: { resolve: (value: unknown) => void; reject: (error: SkerryError) => void };
  private many?: boolean;
  private use?: 'awaited' | 'iterated';

  /**
   * @param what   `greeter.hello`, for messages.
   * @param events `left` cancels the call.
   */
  constructor(
    private readonly what: string,
    private readonly events: QueueEvents,
  ) {
    this.queue = new MessageQueue(events);
    this.whole = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
  }

  // What the call says.

  get backlog(): boolean {
    return this.queue.length > 0;
  }

  streams(streams: boolean): void {
    this.many = streams;
    this.refuseMisuse();
  }

  item(value: unknown, bytes: number): void {
    this.queue.put(value, bytes);
  }

  end(): void {
    this.queue.end();
    // A stream that nobody has looked at yet may still be iterated; only a single reply settles the promise.
    if (this.many || this.use === 'iterated') return;
    if (this.backlog) this.settle.resolve(this.queue.first);
    else this.settle.reject(noReply(this.what));
  }

  fail(error: SkerryError): void {
    this.queue.end(error);
    // The failure of a stream is told to its loop, also to one that begins later, and not as an unhandled rejection.
    if (!this.many || this.use === 'awaited') this.settle.reject(error);
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
    return this.queue.next();
  }

  return(): Promise<IteratorResult<unknown>> {
    return this.queue.return();
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
    const running = !this.queue.ended;
    this.queue.abandon(error);
    this.settle.reject(error);
    if (running) this.events.left();
  }
}

function noReply(what: string): SkerryError {
  return new SkerryError('SKERRY_RPC_PROTOCOL', `${what} ended without a reply`);
}
