import type { Channel } from 'amqplib';
import {
  SkerryError,
  type BrokerCapabilities,
  type BrokerDriver,
  type BrokerMessage,
  type Clock,
  type DeliverySink,
  type DriverSubscription,
  type SubscriptionRequest,
} from '@skerry/core';
import { abortable, atMost } from '../abortable.js';
import { closeWithinMs, leave, RabbitMqConnection, type OpenConnection } from '../rabbitmq-connection.js';
import { resolveRabbitMqOptions, type RabbitMqOptions } from '../rabbitmq-options.js';
import { contentOf, expiration, header, propertiesOf } from './amqp-message.js';
import { RabbitMqDeadLetters } from './dead-letters.js';
import { maxDelayMs, rounded } from './delay-ladder.js';
import { names } from './names.js';
import { Publisher, type Outgoing } from './publisher.js';
import { declareExchanges, declareQueue } from './queues.js';
import { RabbitMqSubscription } from './rabbitmq-subscription.js';
import { Returns } from './returns.js';
import { WaitQueues } from './wait-queues.js';

/**
 * The broker in RabbitMQ, from 3.10, without plugins. Topics are routing keys of one topic exchange, a subscription's queue is
 * a quorum queue, a broadcast's an exclusive one. One connection publishes and another consumes: a server that is short of
 * memory stops reading the first, and acknowledgements still arrive on the second.
 */
export class RabbitMqBrokerDriver implements BrokerDriver {
  readonly name = 'rabbitmq';
  readonly capabilities: BrokerCapabilities = {
    durable: 'engine',
    queues: true,
    broadcast: true,
    maxDelayMs,
    attempts: true,
    deadLetter: true,
    ordered: true,
    patterns: true,
    replay: false,
    mandatory: 'undelayed',
    expiry: 'undelayed',
    maxMessageBytes: 4 * 1024 * 1024,
  };
  readonly deadLetters: RabbitMqDeadLetters;
  private readonly exchange: string;
  private readonly publishing: RabbitMqConnection;
  private readonly consuming: RabbitMqConnection;
  private readonly publisher: Publisher;
  private readonly waitQueues: WaitQueues;
  private readonly returns: Returns;
  private readonly subscriptions = new Set<RabbitMqSubscription>();
  private closed = false;

  /** Connects to nothing yet. Throws `SKERRY_OPTION_INVALID`. */
  constructor(
    private readonly clock: Clock,
    options: RabbitMqOptions = {},
    env: Readonly<Record<string, string | undefined>> = process.env,
  ) {
    const resolved = resolveRabbitMqOptions(options, env);
    const { exchange, maxUnconfirmedBytes } = resolved;
    this.exchange = exchange;
    this.publishing = new RabbitMqConnection(resolved, clock, 'publishing');
    this.consuming = new RabbitMqConnection(resolved, clock, 'consuming');
    this.publisher = new Publisher(this.publishing, maxUnconfirmedBytes, (connection, signal) =>
      onChannel(connection, signal, (channel) => declareExchanges(channel, exchange)),
    );
    this.waitQueues = new WaitQueues(exchange, clock);
    this.returns = new Returns(this.publisher, this.waitQueues, clock);
    this.deadLetters = new RabbitMqDeadLetters(this.consuming, this.publisher, this.returns, clock, exchange);
  }

  /** Delayed messages reach the queues that exist when their delay is over, and are always `routed`. */
  async publish(messages: readonly BrokerMessage[], signal: AbortSignal): Promise<readonly ('routed' | 'unrouted')[]> {
    signal.throwIfAborted();
    const delayed = messages.filter(isDelayed);
    if (delayed.length === 0)
      return this.publisher.publish(
        messages.map((each) => this.outgoing(each)),
        signal,
      );
    const connection = await this.publisher.open(signal);
    for (const delayMs of new Set(delayed.map((each) => rounded(each.delayMs!)))) {
      await this.waitQueues.forTopics(connection, delayMs, signal);
    }
    // What is over before it could be delivered is not worth the way.
    const sent = messages.filter((each) => !isDelayed(each) || (each.expireMs ?? Infinity) > each.delayMs!);
    const results = await this.publisher.publish(
      sent.map((each) => this.outgoing(each)),
      signal,
    );
    const lost = sent.findIndex((each, index) => isDelayed(each) && results[index] === 'unrouted');
    if (lost >= 0) {
      this.waitQueues.forget(connection);
      throw new Error(
        `RabbitMQ has no queue for a delay of ${rounded(sent[lost]!.delayMs!)} ms: somebody has deleted it`,
      );
    }
    const taken = new Map(sent.map((each, index) => [each, results[index]!]));
    return messages.map((each) => taken.get(each) ?? 'routed');
  }

  async subscribe(request: SubscriptionRequest, sink: DeliverySink, signal: AbortSignal): Promise<DriverSubscription> {
    if (request.from !== 'now') {
      throw new SkerryError(
        'SKERRY_BROKER_UNSUPPORTED',
        `cannot begin ${request.queue} with messages of the past: RabbitMQ keeps none in its queues`,
        { details: { engine: this.name, capability: 'replay' } },
      );
    }
    const connection = await this.consuming.get(signal);
    await onChannel(connection, signal, (channel) => declareQueue(channel, this.exchange, request));
    if (request.deadLetter) await this.deadLetters.prepare(connection, request.queue, signal);
    const channel = await connection.channel(signal);
    const { returns, clock, subscriptions } = this;
    const subscription: RabbitMqSubscription = new RabbitMqSubscription(
      ...([request, sink, connection, channel, returns, clock, () => void subscriptions.delete(subscription)] as const),
    );
    subscriptions.add(subscription);
    try {
      if (this.closed) throw new Error('the driver was closed');
      await subscription.begin(signal);
      return subscription;
    } catch (error) {
      subscription.over();
      leave(channel);
      throw connection.lostBy ?? error;
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    const { clock, subscriptions } = this;
    await atMost(clock, closeWithinMs, Promise.all([...subscriptions].map((each) => each.close())));
    await Promise.all([this.publishing.close(), this.consuming.close()]);
  }

  private outgoing(message: BrokerMessage): Outgoing {
    const { id, topic, expireMs } = message;
    const { maxMessageBytes } = this.capabilities;
    if (message.body.byteLength > maxMessageBytes) {
      throw new Error(`message ${id} has ${message.body.byteLength} bytes, and at most ${maxMessageBytes} are sent`);
    }
    const content = contentOf(message);
    if (isDelayed(message)) {
      const options = propertiesOf(message, { [header.wait]: String(rounded(message.delayMs!)) });
      return { exchange: names.waiting(this.exchange), routingKey: topic, content, options };
    }
    const options = propertiesOf(message, {});
    if (expireMs !== undefined) options.expiration = expiration(expireMs);
    return { exchange: this.exchange, routingKey: topic, content, options };
  }
}

function isDelayed({ delayMs = 0 }: BrokerMessage): boolean {
  return delayMs > 0;
}

/** On a channel of its own, which a refusal ends. */
async function onChannel(
  connection: OpenConnection,
  signal: AbortSignal,
  work: (channel: Channel) => Promise<void>,
): Promise<void> {
  const channel = await connection.channel(signal);
  try {
    await abortable(work(channel), signal);
  } finally {
    leave(channel);
  }
}
