import type { Load } from './contender.js';
import type { Driven } from './drive.js';

/** What the parent asks of one side of a contender; each is answered by what {@link Answers} says. */
export type Order =
  | { readonly do: 'check' }
  | { readonly do: 'run'; readonly load: Load; readonly inFlight: number; readonly forMs: number }
  | { readonly do: 'usage' };

export interface Answers {
  readonly check: undefined;
  readonly run: Driven;
  readonly usage: Usage;
}

export interface Usage {
  /** Of the process since it started, in seconds. */
  readonly cpuSeconds: number;
  /** The memory that it holds now (RSS). */
  readonly residentBytes: number;
}

/** How many items one stream has: enough that opening it does not count. */
export const itemsPerStream = 5_000;
