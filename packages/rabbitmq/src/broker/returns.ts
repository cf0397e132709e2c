import type { BrokerMessage, Clock, Failure } from '@skerry/core';
import { contentOf, header, propertiesOf } from './amqp-message.js';
import { rounded } from './delay-ladder.js';
import { names } from './names.js';
import type { Publisher } from './publisher.js';
import type { WaitQueues } from './wait-queues.js';

// A failure goes with its message, whose headers the server limits.
const longestText = 2_000;

/** Publishes messages that were delivered before: for another delivery, or to be kept aside. */
export class Returns {
  constructor(
    private readonly publisher: Publisher,
    private readonly waitQueues: WaitQueues,
    private readonly clock: Clock,
  ) {}

  /** @param attempts That it has had. */
  async retry(
    message: BrokerMessage,
    target: { readonly queue: string; readonly broadcast: boolean },
    attempts: number,
    delayMs: number,
    failure: Failure,
    signal: AbortSignal,
  ): Promise<void> {
    const added = { [header.attempts]: attempts, [header.failure]: json(failure) };
    if (delayMs <= 0) return this.publish(message, target.queue, added, signal);
    const connection = await this.publisher.open(signal);
    const queue = await this.waitQueues.forRetries(connection, target, rounded(delayMs), signal);
    try {
      await this.publish(message, queue, added, signal);
    } catch (error) {
      this.waitQueues.forget(connection);
      throw error;
    }
  }

  async keepAside(message: BrokerMessage, queue: string, failure: Failure, signal: AbortSignal): Promise<void> {
    const added = { [header.deadLetterId]: this.clock.randomHex(12), [header.failure]: json(failure) };
    await this.publish(message, names.deadLetters(queue), added, signal);
  }

  /** As if it had never been delivered. */
  async putBack(message: BrokerMessage, queue: string, signal: AbortSignal): Promise<void> {
    await this.publish(message, queue, {}, signal);
  }

  private async publish(
    message: BrokerMessage,
    queue: string,
    added: Readonly<Record<string, string | number>>,
    signal: AbortSignal,
  ): Promise<void> {
    const options = propertiesOf(message, { ...added, [header.topic]: message.topic });
    const outgoing = { exchange: '', routingKey: queue, content: contentOf(message), options };
    const [result] = await this.publisher.publish([outgoing], signal);
    if (result === 'unrouted') throw new Error(`RabbitMQ has no queue ${queue}: somebody has deleted it`);
  }
}

function json(failure: Failure): string {
  const { code, message, service, node, attempt, failedAt } = failure;
  return JSON.stringify({ code, message: message.slice(0, longestText), service, node, attempt, failedAt });
}
