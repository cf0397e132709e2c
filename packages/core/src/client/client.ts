import type { Context } from '../context/context.js';

/** What a caller may say about one call. */
export interface CallOptions {
  /**
   * How long the whole call may take, attempts and waiting included, in ms. Never longer than what the caller itself has
   * left. Default 5,000; none for streams, which end by {@link idleTimeoutMs}.
   */
  readonly timeoutMs?: number;
  /**
   * How long nothing may happen on a stream before it is given up, in ms; only for streams without a deadline. Time in which
   * items wait to be taken does not count. Default 30,000.
   */
  readonly idleTimeoutMs?: number;
  /** Gives the call up when it is aborted; the handler is told. */
  readonly signal?: AbortSignal;
  /** Travels with the call, to its handler's `Context.metadata`. Lower-case keys. Default: what the running handler's own caller sent is not passed on. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Added to the baggage of the running handler, which this call and all that it causes carry along (W3C Baggage). */
  readonly baggage?: Readonly<Record<string, string>>;
  /**
   * Names this piece of work, so that the handler can tell when it is sent again. Default: none. Reaches
   * `Context.idempotencyKey`, the same for every attempt.
   */
  readonly idempotencyKey?: string;
  /**
   * How often the call may be sent again where that is safe: after a failure in which it may have run, for handlers that are
   * declared idempotent. What certainly did not start is tried on other nodes besides, until the deadline. Default 2, within
   * the service's retry budget; with 0 it is sent to one node, once.
   */
  readonly retries?: number;
  /**
   * Sends the call to a second node as well when the first has not answered for so long, in ms; the first reply counts, the
   * other call is cancelled. For handlers that are declared idempotent and answer once. Default: never.
   */
  readonly hedgeAfterMs?: number;
  /** The id of the one node to call. Default: the selector chooses. */
  readonly node?: string;
  /** Versions that may be called, as npm writes ranges: `^1.2`. Default: what the client was made with, or all. */
  readonly version?: string;
  /** Calls with the same key go to the same node, where the strategy is `ConsistentHashStrategy`. */
  readonly key?: string;
}

/** Of a call that says nothing. */
export const noOptions: CallOptions = Object.freeze({});

/**
 * A service as its callers see it, made from the service's class alone (`import type`): each handler with the same message
 * and the same result, found by name, called over the network.
 *
 *     constructor(@InjectClient('greeter') private readonly greeter: Client<Greeter>) {}
 *     const { message } = await this.greeter.hello({ name: 'Ada' }, { timeoutMs: 500 });
 *     for await (const tick of this.greeter.countdown({ from: 3 })) ...
 *
 * Types cannot see decorators. What counts as a handler is a public method that is asynchronous and takes one message, or
 * none, and perhaps a {@link Context}: `@Handler` accepts nothing else. Other methods, and lifecycle hooks, are not callable.
 */
export type Client<T> = { readonly [K in HandlerName<T>]: ClientMethod<T[K]> };

type Hook = 'onModuleInit' | 'onApplicationBootstrap' | 'beforeApplicationShutdown' | 'onApplicationShutdown';

/** The names of `T`'s handlers. */
export type HandlerName<T> = {
  [K in keyof T]: K extends Hook | symbol
    ? never
    : T[K] extends (...args: infer A) => infer R
      ? IsHandler<A, R> extends true
        ? K
        : never
      : never;
}[keyof T];

type IsHandler<A extends unknown[], R> = [R] extends [Promise<unknown> | AsyncIterable<unknown>]
  ? A extends [unknown?] | [unknown?, Context?]
    ? true
    : false
  : false;

type ClientMethod<M> = M extends (...args: infer A) => infer R ? (...args: Arguments<A>) => Result<R> : never;

type Arguments<A extends unknown[]> = A extends [] | [Context]
  ? [request?: undefined, options?: CallOptions]
  : A extends [infer Q, ...unknown[]]
    ? [request: Request<Q>, options?: CallOptions]
    : A extends [(infer Q)?, ...unknown[]]
      ? [request?: Request<Q>, options?: CallOptions]
      : never;

/** What takes many messages is given anything that can be iterated. */
type Request<Q> = Q extends AsyncIterable<infer I> ? AsyncIterable<I> | Iterable<I> : Q;

type Result<R> = R extends Promise<infer P> ? Promise<P> : R extends AsyncIterable<infer I> ? AsyncIterable<I> : never;
