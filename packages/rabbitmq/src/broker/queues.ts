import type { Channel } from 'amqplib';
import type { SubscriptionRequest } from '@skerry/core';
import { names, quorum } from './names.js';

/** What all that publish or subscribe need. */
export async function declareExchanges(channel: Channel, exchange: string): Promise<void> {
  await channel.assertExchange(exchange, 'topic', { durable: true });
  // By a header, so that a message keeps its routing key, which is its topic.
  await channel.assertExchange(names.waiting(exchange), 'headers', { durable: true });
}

/** The queue of a subscription, bound to its topic. */
export async function declareQueue(
  channel: Channel,
  exchange: string,
  { queue, topic, broadcast, ordered }: SubscriptionRequest,
): Promise<void> {
  await declareExchanges(channel, exchange);
  if (broadcast) {
    // Not auto-delete as well: it would go with its consumer, before what was delivered is settled.
    await channel.assertQueue(queue, { durable: false, exclusive: true });
  } else {
    const one = ordered ? { 'x-single-active-consumer': true } : {};
    await channel.assertQueue(queue, { durable: true, arguments: { ...quorum, ...one } });
  }
  await channel.bindQueue(queue, exchange, topic);
}
