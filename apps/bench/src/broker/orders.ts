/** What the parent asks of one side of a contender; each is answered by what {@link Answers} says. */
export type Order =
  /** Publishes one message, and gives it. */
  | { readonly do: 'publish' }
  /** Publishes for so long: many at once, or one at a time with a pause after each. */
  | { readonly do: 'run'; readonly inFlight: number; readonly forMs: number; readonly pauseMs: number }
  /** Waits until so many were handled since the last time. */
  | { readonly do: 'await'; readonly messages: number; readonly withinMs: number }
  | { readonly do: 'usage' };

export interface Answers {
  readonly publish: unknown;
  readonly run: Published;
  readonly await: HandledMessages;
  readonly usage: number;
}

export interface Published {
  readonly messages: number;
  /** By the clock of the machine, in microseconds. */
  readonly begunUs: number;
}

export interface HandledMessages {
  /** When the last one was handled, by the clock of the machine, in microseconds. */
  readonly endedUs: number;
  /** From just before it was published until it was handled, in microseconds. */
  readonly medianUs: number;
  readonly last: unknown;
}
