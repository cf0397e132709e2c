import { CallError } from './call-error.js';

interface Item {
  readonly value: unknown;
  readonly bytes: number;
}

interface Reader {
  readonly resolve: (result: IteratorResult<unknown>) => void;
  readonly reject: (error: CallError) => void;
}

export interface ReplyEvents {
  /** An item was taken, of so many bytes. */
  consumed(bytes: number): void;
  /** Nobody wants any more. Not after the end. */
  left(): void;
}

/** What a call returns: a promise of one reply, and an iterator of many, since a type alone does not say which it will be. */
export class Reply implements PromiseLike<unknown>, AsyncIterableIterator<unknown> {
  private readonly items: Item[] = [];
  private readonly readers: Reader[] = [];
  private ending: { readonly error?: CallError | undefined } | undefined;
  private settle!: { resolve: (value: unknown) => void; reject: (error: CallError) => void };
  private readonly whole = new Promise<unknown>((resolve, reject) => (this.settle = { resolve, reject }));
  private many: boolean | undefined;
  private use: 'awaited' | 'iterated' | undefined;

  /** @param what `greeter.hello`, for messages. */
  constructor(
    private readonly what: string,
    private readonly events: ReplyEvents,
  ) {}

  // What the call says.

  get iterated(): boolean {
    return this.use === 'iterated';
  }

  /** Items that wait to be taken. */
  get backlog(): boolean {
    return this.items.length > 0;
  }

  /** It is known, by its first message, whether the handler answers many times. */
  streams(many: boolean): void {
    this.many ??= many;
    this.refuseMisuse();
  }

  item(value: unknown, bytes: number): void {
    if (this.ending) return;
    const reader = this.readers.shift();
    if (!reader) {
      this.items.push({ value, bytes });
      return;
    }
    reader.resolve({ done: false, value });
    this.events.consumed(bytes);
  }

  end(error?: CallError): void {
    if (this.ending) return;
    this.ending = { error };
    for (const reader of this.readers.splice(0)) {
      if (error) reader.reject(error);
      else reader.resolve(done);
    }
    if (this.use === 'iterated') return;
    if (!error && this.many === false) this.settle.resolve(this.items[0]?.value);
    // The failure of a stream is told to its loop, also to one that begins later, and not as an unhandled rejection.
    else if (!this.many || this.use === 'awaited') this.settle.reject(error ?? this.wrongKind());
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
    return this.then().finally(settled);
  }

  // ... or iterate it.

  [Symbol.asyncIterator](): this {
    this.use ??= 'iterated';
    // The iterator tells of the failure; the promise must not tell of it too.
    this.whole.catch(() => undefined);
    this.refuseMisuse();
    return this;
  }

  next(): Promise<IteratorResult<unknown>> {
    const item = this.items.shift();
    if (item) {
      this.events.consumed(item.bytes);
      return Promise.resolve({ done: false, value: item.value });
    }
    if (this.ending?.error) return Promise.reject(this.ending.error);
    if (this.ending) return Promise.resolve(done);
    return new Promise((resolve, reject) => this.readers.push({ resolve, reject }));
  }

  return(): Promise<IteratorResult<unknown>> {
    this.items.length = 0;
    const leaves = !this.ending;
    if (leaves) this.end();
    else this.ending = {};
    if (leaves) this.events.left();
    return Promise.resolve(done);
  }

  private refuseMisuse(): void {
    if (this.many === undefined || this.use === undefined || this.many === this.iterated) return;
    const error = this.wrongKind();
    const running = !this.ending;
    this.items.length = 0;
    this.ending = undefined;
    this.end(error);
    this.settle.reject(error);
    if (running) this.events.left();
  }

  private wrongKind(): CallError {
    const why = this.iterated
      ? 'iterate it: it answers once. Await it.'
      : 'await it: it answers many times. Iterate it: for await (const item of ...).';
    return new CallError('SKERRY_RPC_WRONG_KIND', `Cannot call ${this.what} and ${why}`, {
      status: 'INVALID_ARGUMENT',
    });
  }
}

const done: IteratorResult<unknown> = { done: true, value: undefined };
