import type { BackoffOptions } from './retry-policy.js';

/** What a subscription is to do, with nothing left open: from `@Subscribe`, or {@link Broker.subscribe}. */
export interface SubscriptionPlan {
  /** A topic or a pattern. */
  readonly topic: string;
  readonly queue: string;
  /** Every instance gets every message, from now on, while it runs. */
  readonly broadcast: boolean;
  readonly attempts: number;
  readonly backoff: BackoffOptions | undefined;
  readonly deadLetter: boolean;
  readonly concurrency: number;
  readonly prefetch: number;
  /** Messages with one key are handled in their order. */
  readonly ordered: boolean;
  readonly from: 'now' | 'earliest';
  /** How long a message that was handled is remembered, and how long one that is being handled is nobody else's. */
  readonly dedupe: { readonly windowMs: number; readonly leaseMs: number } | undefined;
}
