import type { CallOptions, Client } from '@skerry/core';

/** What a page may say about one call. */
export interface PageCallOptions extends Pick<CallOptions, 'signal' | 'metadata' | 'idempotencyKey'> {
  /** How long the whole call may take, connecting and attempts included, in ms. Default 5,000; none for streams. */
  readonly timeoutMs?: number;
  /**
   * How long nothing may happen on a stream before it is given up, in ms; only for streams without a deadline. Time in which
   * items wait to be taken does not count. Default 30,000.
   */
  readonly idleTimeoutMs?: number;
  /**
   * Whether the call may be sent again after a failure in which it may have run: say so only where doing the work twice is
   * doing it once. What certainly did not start is sent again anyway, until the deadline. Default `false`.
   */
  readonly idempotent?: boolean;
  /** How often it may be sent again, where it is {@link idempotent}. Default 2. */
  readonly retries?: number;
}

/**
 * A service as a page sees it, made from the service's class alone (`import type`). Awaiting a call gives its one reply,
 * iterating it gives its many; which of the two is to be said in the turn in which the call is made.
 */
export type PageClient<T> = {
  readonly [K in keyof Client<T>]: Client<T>[K] extends (...args: infer A) => infer R
    ? (...args: Arguments<A>) => R
    : never;
};

type Arguments<A extends unknown[]> = A extends [infer Q, ...unknown[]]
  ? [request: Q, options?: PageCallOptions]
  : A extends [(infer Q)?, ...unknown[]]
    ? [request?: Q, options?: PageCallOptions]
    : never;
