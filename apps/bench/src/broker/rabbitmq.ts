import { connect, type Channel } from 'amqplib';
import { topic, type Ground } from './contender.js';

const connectTimeoutMs = 2_000;

/** The queue of the subscription, as Skerry names it. */
export function queueOf({ name }: Ground): string {
  return `${name}.${topic}`;
}

/** As Skerry declares its queues, so that all contenders have the same one. */
export const queueOptions = {
  durable: true,
  arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000 },
};

/** Where RabbitMQ is: `RABBITMQ_URL`, or this machine's own. */
export function rabbitMqUrl(): string {
  return process.env['RABBITMQ_URL'] || 'amqp://127.0.0.1:5672';
}

/** Rejects when no server answers there, with what went wrong. */
export async function answers(url: string): Promise<void> {
  await withChannel(url, async () => undefined);
}

/** Deletes what contenders have made of the server, whatever of it is there. */
export async function cleared(url: string, grounds: readonly Ground[]): Promise<void> {
  await withChannel(url, async (channel) => {
    for (const ground of grounds) {
      const { name } = ground;
      const queue = queueOf(ground);
      for (const each of [queue, `${queue}.dead`, `${name}.dead-letter-queues`]) await channel.deleteQueue(each);
      for (const each of [name, `${name}.wait`]) await channel.deleteExchange(each);
    }
  });
}

async function withChannel(url: string, work: (channel: Channel) => Promise<void>): Promise<void> {
  const connection = await connect(url, { timeout: connectTimeoutMs });
  try {
    await work(await connection.createChannel());
  } finally {
    await connection.close();
  }
}
