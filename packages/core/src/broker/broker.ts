import type { Clock } from '../clock/clock.js';
import type { Codec, MessageCodec } from '../codec/codec.js';
import { messageCodec } from '../codec/endpoint-messages.js';
import { Context } from '../context/context.js';
import { checkMetadata, toMetadata } from '../context/propagation.js';
import { SkerryError, type ErrorOrigin } from '../errors/skerry-error.js';
import type { BrokerEvents } from './broker-events.js';
import type { DedupeLog } from './dedupe.js';
import type { BrokerCapabilities, BrokerDriver, BrokerMessage, DeadLetter } from './driver.js';
import type { DeliveryHandler } from './delivery-processor.js';
import { GuardedBroker } from './guarded-driver.js';
import {
  checkCallOptions,
  checkPublishOptions,
  checkSize,
  unsupported,
  type MessageOptions,
  type PublishCallOptions,
  type PublishPlace,
} from './publish-options.js';
import { Subscription } from './subscription.js';
import type { SubscriptionPlan } from './subscription-plan.js';
import { checkTopic, Topic } from './topic.js';

export interface PublishOptions extends MessageOptions, PublishCallOptions {}

/** One of many that are published together. */
export interface BatchEntry<T> extends MessageOptions {
  readonly message: T;
}

export interface BrokerStats {
  readonly published: number;
  /** Of these, messages that reached no queue, because nobody had subscribed. */
  readonly unrouted: number;
}

/** Names of the headers that Skerry itself writes, which no application's key can be. */
export const brokerHeader = { traceParent: ':traceparent', callerService: ':service', callerNode: ':node' } as const;

/**
 * Publishes messages, and runs subscriptions. Holds everything that is common to all engines, so that a driver only moves
 * messages; owns the driver it is given.
 */
export class Broker {
  /** In the order in which they were made. */
  readonly subscriptions: Subscription[] = [];
  private readonly guarded: GuardedBroker;
  private readonly events: BrokerEvents;
  private readonly untold = new Set<string>();
  private counts = { published: 0, unrouted: 0 };

  constructor(
    private readonly driver: BrokerDriver,
    private readonly clock: Clock,
    private readonly codec: Codec,
    /** Who publishes. */
    private readonly self: ErrorOrigin,
    events: BrokerEvents = () => undefined,
    private readonly dedupe?: DedupeLog,
    private readonly deadlineMs = 5_000,
  ) {
    this.guarded = new GuardedBroker(driver, clock, deadlineMs);
    this.events = (event) => {
      try {
        events(event);
      } catch {
        // Told in the middle of what must go on.
      }
    };
  }

  /** The engine's name: `memory`, `rabbitmq`. */
  get engine(): string {
    return this.driver.name;
  }

  get capabilities(): BrokerCapabilities {
    return this.driver.capabilities;
  }

  get stats(): BrokerStats {
    return { ...this.counts };
  }

  /**
   * Resolves when the engine has taken responsibility for the message: then every queue that exists gets it, at least once.
   * The trace, the baggage and the identity of the running handler travel along.
   *
   * Rejects with `SKERRY_BROKER_UNAVAILABLE` when that is not certain: then publish again, with the same `messageId`; with
   * `SKERRY_VALIDATION_FAILED` for a message that breaks the rules of its topic; with `SKERRY_BROKER_UNSUPPORTED` for what the engine
   * cannot do.
   */
  publish<T>(topic: Topic<T> | string, message: T, options: PublishOptions = {}): Promise<void> {
    return this.publishBatch(topic, [{ ...options, message }], options);
  }

  /** Publishes many at once, in their order. When it rejects, some may have been taken. */
  async publishBatch<T>(
    topic: Topic<T> | string,
    entries: readonly BatchEntry<T>[],
    options: PublishCallOptions = {},
  ): Promise<void> {
    const name = typeof topic === 'string' ? topic : topic.name;
    checkTopic(name);
    const what = `publish to ${name}`;
    const place = { what, engine: this.engine, capabilities: this.capabilities };
    checkCallOptions(options, what);
    for (const entry of entries) checkPublishOptions(entry, options, place);
    const schema = typeof topic === 'string' ? undefined : topic.schema;
    const codec = messageCodec(this.codec, schema?.jsonSchema);
    const messages: BrokerMessage[] = [];
    for (const entry of entries) {
      const checked = schema?.parse(plain(codec, entry.message), `a message of ${name}`);
      // Most rules are not asynchronous: then nothing is waited for.
      if (checked instanceof Promise) await checked;
      messages.push(this.envelope(name, entry, codec, options.persistent ?? true, place));
    }
    const limitMs = Math.min(options.timeoutMs ?? this.deadlineMs, Context.current()?.remainingMs ?? Infinity);
    const routed = await this.guarded.call(
      what,
      (driver, signal) => driver.publish(messages, signal),
      limitMs,
      options.signal,
    );
    this.counts.published += messages.length;
    let unrouted = 0;
    for (const each of routed) if (each === 'unrouted') unrouted++;
    if (unrouted > 0) this.wasUnrouted(name, unrouted, options.mandatory === true);
  }

  /**
   * Handles the messages of a topic from now on, until the broker closes. `@Subscribe` is the usual way; this is for who knows
   * the topic only at run time. Nothing runs before {@link Subscription.start}.
   *
   * @param self In whose name failures are recorded. Default: the application.
   */
  subscription(plan: SubscriptionPlan, handler: DeliveryHandler, self = this.self): Subscription {
    const { guarded, clock, dedupe, events } = this;
    const subscription = new Subscription(plan, handler, { guarded, clock, self, dedupe, events });
    this.subscriptions.push(subscription);
    return subscription;
  }

  /** The queues that have dead letters, with their number. */
  deadLetterQueues(): Promise<readonly { readonly queue: string; readonly count: number }[]> {
    return this.onDeadLetters('list the dead letters', (letters, signal) => letters.queues(signal));
  }

  /** The oldest dead letters of a queue. They stay where they are. */
  deadLetters(queue: string, limit = 100): Promise<readonly DeadLetter[]> {
    return this.onDeadLetters(`list the dead letters of ${queue}`, (letters, signal) =>
      letters.list(queue, limit, signal),
    );
  }

  /** Removes a dead letter; `retry` puts it back into its queue. `false` when it is not there. */
  takeDeadLetter(queue: string, id: string, action: 'retry' | 'drop'): Promise<boolean> {
    return this.onDeadLetters(`${action} the dead letter ${id} of ${queue}`, (letters, signal) =>
      letters.take(queue, id, action, signal),
    );
  }

  /** Stops all subscriptions, each for at most `timeoutMs`. Gives the number of deliveries that were cut off. */
  async stop(timeoutMs: number): Promise<number> {
    const cut = await Promise.all(this.subscriptions.map((subscription) => subscription.stop(timeoutMs)));
    return cut.reduce((sum, each) => sum + each, 0);
  }

  /** Closes the driver. Stop the subscriptions first. */
  async close(): Promise<void> {
    await this.guarded.call('close', (driver) => driver.close());
  }

  private async onDeadLetters<T>(
    what: string,
    operation: (letters: NonNullable<BrokerDriver['deadLetters']>, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { deadLetters } = this.driver;
    if (!deadLetters) throw unsupported(this, what, 'deadLetter', (can) => can.deadLetter);
    return this.guarded.call(what, (_driver, signal) => operation(deadLetters, signal));
  }

  private envelope(
    topic: string,
    entry: BatchEntry<unknown>,
    codec: MessageCodec,
    persistent: boolean,
    place: PublishPlace,
  ): BrokerMessage {
    const { key, delayMs, expireMs, headers, messageId } = entry;
    if (headers) checkMetadata(headers, place.what);
    const body = codec.encode(entry.message);
    checkSize(body.length, place);
    return Object.freeze({
      id: messageId ?? this.clock.randomHex(16),
      topic,
      body,
      contentType: this.codec.contentType,
      ...(key === undefined ? {} : { key }),
      headers: Object.freeze(this.headers(headers)),
      publishedAt: this.clock.wallTime(),
      ...(expireMs === undefined ? {} : { expireMs }),
      ...(delayMs ? { delayMs } : {}),
      persistent,
    });
  }

  private headers(own: Readonly<Record<string, string>> | undefined): Record<string, string> {
    const context = Context.current();
    const { service, node } = this.self;
    return {
      ...toMetadata(own, { traceState: context?.traceState, baggage: context?.baggage }),
      ...(context ? { [brokerHeader.traceParent]: context.traceparent } : {}),
      [brokerHeader.callerService]: service,
      [brokerHeader.callerNode]: node,
    };
  }

  private wasUnrouted(topic: string, messages: number, mandatory: boolean): void {
    this.counts.unrouted += messages;
    if (mandatory) {
      throw new SkerryError('SKERRY_BROKER_UNROUTED', `cannot publish to ${topic}: nobody has subscribed to it`, {
        details: { topic },
      });
    }
    if (this.untold.has(topic) || this.untold.size >= 1_000) return;
    this.untold.add(topic);
    this.events({ type: 'unrouted', topic });
  }
}

/** What subscribers will read: rules are about that. */
function plain(codec: MessageCodec, message: unknown): unknown {
  const copy = codec.copy?.(message);
  return copy ? copy.value : codec.decode(codec.encode(message));
}
