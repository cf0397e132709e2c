import { randomUUID } from 'node:crypto';
import { connect } from 'amqplib';
import { prefetch, topic, type BrokerContender } from '../contender.js';
import { queueOf, queueOptions } from '../rabbitmq.js';

/**
 * The client that Skerry uses, used as its documentation says: the same exchange and queue, the same properties, confirmed,
 * acknowledged when it was handled. No validation, no deadline, no context, no retries, no dead letters.
 */
export const contender: BrokerContender = {
  async consume(ground, handled) {
    const connection = await connect(ground.url);
    const channel = await connection.createChannel();
    await channel.assertExchange(ground.name, 'topic', { durable: true });
    await channel.assertQueue(queueOf(ground), queueOptions);
    await channel.bindQueue(queueOf(ground), ground.name, topic);
    await channel.prefetch(prefetch);
    const handle = async (message: unknown): Promise<void> => handled(message);
    await channel.consume(queueOf(ground), (raw) => {
      if (raw) void handle(JSON.parse(raw.content.toString())).then(() => channel.ack(raw));
    });
  },
  async connect(ground) {
    const connection = await connect(ground.url);
    const channel = await connection.createConfirmChannel();
    return (message) =>
      new Promise<void>((resolve, reject) => {
        const options = {
          messageId: randomUUID(),
          contentType: 'application/json',
          persistent: true,
          mandatory: true,
          timestamp: Math.floor(Date.now() / 1_000),
        };
        channel.publish(ground.name, topic, Buffer.from(JSON.stringify(message)), options, (error: Error | null) =>
          error ? reject(error) : resolve(),
        );
      });
  },
};
