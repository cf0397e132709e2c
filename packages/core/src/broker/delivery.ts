import type { BrokerMessage, DriverDelivery } from './driver.js';

/** A message as a subscriber gets it, beside what it says: the second parameter of a `@Subscribe` method. */
export class Delivery {
  /** The publisher's `messageId`, the same for every delivery. */
  readonly id: string;
  readonly topic: string;
  readonly queue: string;
  readonly key: string | undefined;
  /** What the publisher wrote. Lower-case keys. */
  readonly headers: Readonly<Record<string, string>>;
  /** Which attempt to handle it this is, from 1. */
  readonly attempt: number;
  /** By the publisher's wall clock, in ms since 1970. */
  readonly publishedAt: number;
  private asked: { readonly delayMs: number | undefined } | undefined;

  constructor(
    /** As the engine carried it. */
    readonly message: BrokerMessage,
    queue: string,
    attempt: DriverDelivery['attempt'],
  ) {
    const { id, topic, key, headers, publishedAt } = message;
    this.id = id;
    this.topic = topic;
    this.queue = queue;
    this.key = key;
    this.headers = Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(':')));
    this.attempt = attempt;
    this.publishedAt = publishedAt;
  }

  /**
   * Asks for another delivery although the method returns: for what is not a failure, only too early. Counts as an attempt.
   *
   * @param options `delayMs`: not before so long from now. Default: what the subscription's backoff says.
   */
  nack(options: { readonly delayMs?: number } = {}): void {
    this.asked = { delayMs: options.delayMs };
  }

  /** What {@link nack} was called with; `undefined` when it was not. */
  get nacked(): { readonly delayMs: number | undefined } | undefined {
    return this.asked;
  }
}
