import type { Clock } from '../clock/clock.js';
import type { Codec, MessageCodec } from '../codec/codec.js';
import { messageCodec } from '../codec/endpoint-messages.js';
import { Context } from '../context/context.js';
import { checkMetadata, toMetadata } from '../context/propagation.js';
import { SkerryError, type ErrorOrigin } from '../errors/skerry-error.js';
import type { BrokerEvents } from './broker-events.js';
import type { DedupeLog } from './dedupe.js';
import type { BrokerCapabilities, BrokerDriver, BrokerMessage, DeadLetter } from './driver.js';
import { GuardedBroker } from './guarded-driver.js';
import type { DeliveryHandler } from './delivery-processor.js';
import { Subscription } from './subscription.js';
import type { SubscriptionPlan } from './subscription-plan.js';
import { checkTopic, Topic } from './topic.js';

export interface PublishOptions {
  /** Messages with the same one keep their order, where a subscription asks for it. Default: none. */
  readonly key?: string;
  /** How long nobody shall get it, in ms. Default 0. */
  readonly delayMs?: number;
  /** How long it may wait to be handled, in ms. Default: as long as the engine keeps it. */
  readonly expireMs?: number;
  /** Reach the subscriber's `Delivery.headers`. Lower-case keys. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Names the message, so that publishing it again is no second message to who deduplicates. Default: a new one. */
  readonly messageId?: string;
  /** Survives what the engine promises, see its capability `durable`. Default `true`. */
  readonly persistent?: boolean;
  /** A topic that nobody has ever subscribed to is an error, `SKERRY_BROKER_UNROUTED`. Default: it is counted, and told once. */
  readonly mandatory?: boolean;
  /** How long the engine may take to take responsibility, in ms; never longer than what the running handler has left. Default 5,000. */
  readonly timeoutMs?: number;
  /** Stops waiting; the message may have been taken. */
  readonly signal?: AbortSignal;
}

/** One of many that are published together. */
export interface BatchEntry<T> extends Pick<PublishOptions, 'key' | 'delayMs' | 'expireMs' | 'headers' | 'messageId'> {
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
  async publish<T>(topic: Topic<T> | string, message: T, options: PublishOptions = {}): Promise<void> {
    await this.publishBatch(topic, [{ ...options, message }], options);
  }

  /** Publishes many at once, in their order. When it rejects, some may have been taken. */
  async publishBatch<T>(
    topic: Topic<T> | string,
    entries: readonly BatchEntry<T>[],
    options: Pick<PublishOptions, 'persistent' | 'mandatory' | 'timeoutMs' | 'signal'> = {},
  ): Promise<void> {
    const name = typeof topic === 'string' ? topic : topic.name;
    checkTopic(name);
    const what = `publish to ${name}`;
    if (options.mandatory) this.need('mandatory', what);
    const schema = typeof topic === 'string' ? undefined : topic.schema;
    const codec = messageCodec(this.codec, schema?.jsonSchema);
    const messages = await Promise.all(
      entries.map(async (entry) => {
        if (schema) await schema.parse(plain(codec, entry.message), `a message of ${name}`);
        return this.envelope(name, entry, codec, options.persistent ?? true, what);
      }),
    );
    const limitMs = Math.min(options.timeoutMs ?? this.deadlineMs, Context.current()?.remainingMs ?? Infinity);
    const routed = await this.guarded.call(
      what,
      (driver, signal) => driver.publish(messages, signal),
      limitMs,
      options.signal,
    );
    this.counts.published += messages.length;
    const unrouted = routed.filter((each) => each === 'unrouted').length;
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
    if (!deadLetters) throw unsupported(what, this.engine, 'deadLetter');
    return this.guarded.call(what, (_driver, signal) => operation(deadLetters, signal));
  }

  private envelope(
    topic: string,
    entry: BatchEntry<unknown>,
    codec: MessageCodec,
    persistent: boolean,
    what: string,
  ): BrokerMessage {
    const { key, delayMs, expireMs, headers, messageId } = entry;
    if (headers) checkMetadata(headers, what);
    for (const [name, value] of Object.entries({ delayMs, expireMs })) {
      if (value !== undefined && !(value >= 0 && value < 2 ** 31)) throw invalid(what, `${name} is ${value}; give ms`);
    }
    if (delayMs !== undefined && delayMs > this.capabilities.maxDelayMs) {
      throw unsupported(`${what} with a delay of ${delayMs} ms`, this.engine, 'maxDelayMs');
    }
    if (expireMs !== undefined) this.need('expiry', `${what} with expireMs`);
    const body = codec.encode(entry.message);
    const { maxMessageBytes } = this.capabilities;
    if (body.length > maxMessageBytes) {
      const message = `cannot ${what}: the message is ${body.length} bytes, and the ${this.engine} broker takes ${maxMessageBytes}`;
      throw new SkerryError('SKERRY_BROKER_MESSAGE_TOO_LARGE', message, {
        details: { bytes: body.length, limit: maxMessageBytes },
      });
    }
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

  private need(capability: 'mandatory' | 'expiry', what: string): void {
    if (!this.capabilities[capability]) throw unsupported(what, this.engine, capability);
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

function unsupported(what: string, engine: string, capability: keyof BrokerCapabilities): SkerryError {
  return new SkerryError(
    'SKERRY_BROKER_UNSUPPORTED',
    `cannot ${what}: the ${engine} broker lacks the capability ${capability}; \`skerry broker capabilities\` shows which engine has it`,
    { details: { engine, capability } },
  );
}

function invalid(what: string, why: string): SkerryError {
  return new SkerryError('SKERRY_OPTION_INVALID', `Cannot ${what}: ${why}.`);
}
