/** One method of a double: what it was called with, and what it answers. */
export class MethodDouble<A extends readonly unknown[] = readonly unknown[], R = unknown> {
  /** The arguments of every call so far, in order. */
  readonly calls: A[] = [];
  private answer: ((...args: A) => unknown) | undefined;

  /**
   * @param answers What it does until it is told something; {@link reset} goes back to that.
   * @param form    In which form it answers, where that is known.
   */
  constructor(
    private readonly answers: ((...args: A) => unknown) | undefined,
    private readonly form: AnswerForm = 'any',
  ) {}

  /** Answers with these values in turn, and with the last of them from then on; as promises where the method is `async`. */
  returns(...values: readonly (R | Awaited<R>)[]): this {
    return this.inTurn(values.map((value) => () => this.inForm(value)));
  }

  /** Answers with promises of these values in turn: for what is not seen to be asynchronous, such as an interface. */
  resolves(...values: readonly Awaited<R>[]): this {
    return this.inTurn(values.map((value) => () => Promise.resolve(value)));
  }

  /** Answers with a promise that is rejected. */
  rejects(error: unknown): this {
    return this.does((() => Promise.reject(error as Error)) as unknown as (...args: A) => R);
  }

  throws(error: unknown): this {
    return this.does(() => {
      throw error;
    });
  }

  /** Answers with a stream of these items. */
  yields(...items: readonly ItemOf<R>[]): this {
    return this.does((() => streamOf(items)) as unknown as (...args: A) => R);
  }

  /** Runs this instead. */
  does(work: (...args: A) => R | Awaited<R>): this {
    this.answer = work;
    return this;
  }

  /** Forgets its calls and what it was told. */
  reset(): void {
    this.calls.length = 0;
    this.answer = undefined;
  }

  /** For the double itself: takes one call. */
  call(args: A): unknown {
    this.calls.push(args);
    const answer = this.answer ?? this.answers;
    return answer ? answer(...args) : this.inForm(undefined);
  }

  private inTurn(each: readonly (() => unknown)[]): this {
    let at = 0;
    this.answer = () => each[Math.min(at++, each.length - 1)]?.();
    return this;
  }

  private inForm(value: unknown): unknown {
    if (this.form === 'promise') return Promise.resolve(value);
    return this.form === 'stream' && value === undefined ? streamOf([]) : value;
  }
}

/** What a method returns: a promise, an async iterable, or who knows. */
export type AnswerForm = 'promise' | 'stream' | 'any';

type ItemOf<R> = R extends AsyncIterable<infer I> ? I : R extends Iterable<infer I> ? I : never;

async function* streamOf(items: readonly unknown[]): AsyncGenerator<unknown> {
  for (const item of items) yield await Promise.resolve(item);
}
