import type { SkerryError } from '../errors/skerry-error.js';
import type { Failure } from './driver.js';

/** What happened to messages, as data. A state that lasts is told when it begins and when it ends. */
export type BrokerEvent =
  | { readonly type: 'subscribed'; readonly topic: string; readonly queue: string; readonly tookMs: number }
  /** The engine does not give, or has lost, the subscription; it is tried until it works, then `subscribed` follows. */
  | {
      readonly type: 'subscription-failing';
      readonly topic: string;
      readonly queue: string;
      readonly error: SkerryError;
    }
  /** A handler failed; the message is delivered again after `delayMs`. */
  | ({ readonly type: 'delivery-failed'; readonly delayMs: number } & DeliveryFacts)
  /** Nobody could handle the message; `kept` says whether it is among the dead letters. */
  | ({ readonly type: 'dead-lettered'; readonly kept: boolean } & DeliveryFacts)
  /** The engine was not told what became of a message: it will deliver it again. */
  | { readonly type: 'settling-failed'; readonly queue: string; readonly id: string; readonly error: SkerryError }
  /**
   * It cannot be told which messages a queue has handled, so those of a subscription with `dedupe` wait, without using up
   * attempts, until `dedupe-recovered` follows.
   */
  | { readonly type: 'dedupe-failing'; readonly queue: string; readonly error: SkerryError }
  | { readonly type: 'dedupe-recovered'; readonly queue: string; readonly tookMs: number }
  /** Messages of a topic reach no queue: nobody has subscribed to it. Told once for each topic. */
  | { readonly type: 'unrouted'; readonly topic: string };

export interface DeliveryFacts {
  readonly topic: string;
  readonly queue: string;
  /** Of the message. */
  readonly id: string;
  readonly failure: Failure;
  /** What was thrown; stays in this process. */
  readonly error: unknown;
}

/** Called in the turn in which it happens. What it throws is dropped. */
export type BrokerEvents = (event: BrokerEvent) => void;
