import type { BrokerDriver } from '../driver.js';

/** What a test runner must offer; Jest, Vitest and node:test all fit. Passed in, so that nothing here imports one. */
export interface Runner {
  describe(name: string, body: () => void): void;
  test(name: string, body: () => Promise<void>, timeoutMs?: number): void;
}

/** What a driver may do without. `delay` is a `maxDelayMs` of 0, `durable` is `none`. */
export type Lacking =
  | 'attempts'
  | 'broadcast'
  | 'deadLetter'
  | 'delay'
  | 'durable'
  | 'expiry'
  | 'mandatory'
  | 'ordered'
  | 'patterns'
  | 'queues'
  | 'replay';

/** What an engine brings to be tested: how to reach the real thing, and how to hurt it. */
export interface BrokerHarness {
  /** A fresh driver on the same engine, as another process would have it: they share queues. */
  open(): Promise<BrokerDriver>;

  /** Milliseconds that only ever grow, by the clock that the engine goes by, or that of this machine. */
  now(): number;

  /** Lets this much time go by for the engine: real time for a real one, virtual time for one on a manual clock. */
  pass(ms: number): Promise<void>;

  /**
   * Breaks every connection that the drivers have to their engine, which lives on. Each of their subscriptions is lost by
   * that, and the drivers can be used again within {@link withinMs}. Absent where there are no connections.
   */
  interrupt?(): Promise<void>;

  /** Stops the engine from answering, without a word, as one that hangs; or lets it go on. */
  freeze?(on: boolean): Promise<void>;

  /** Ends the engine and starts it again with what it has on disk; the drivers find it as after {@link interrupt}. */
  restart?(): Promise<void>;

  /** Removes queues that a test has made from an engine that outlives it, with all that is kept for them. */
  forget?(queues: readonly string[]): Promise<void>;

  /** What the driver does not declare. Its cases are replaced by the one that it refuses. */
  readonly lacks?: readonly Lacking[];

  /**
   * `publisher` where a dead letter is kept by the driver that published the message, and listed and taken by no other. Default
   * `shared`: by all.
   */
  readonly deadLetters?: 'shared' | 'publisher';

  /** How long to wait for what must come. Default 10 s. */
  readonly withinMs?: number;

  /** How long what must not come is given to come, after all else has. Default 100 ms. */
  readonly settleMs?: number;

  /** The delays and lifetimes that are tried. Default 300 ms. */
  readonly delayMs?: number;

  /** How much too early something may come by {@link now}: the timers of two programs differ. Default 0 ms. */
  readonly earlyMs?: number;
}
