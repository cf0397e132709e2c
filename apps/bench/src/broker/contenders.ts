import type { BrokerContender, OneApplication } from './contender.js';

interface Row {
  readonly load: () => Promise<{ readonly contender: BrokerContender | OneApplication }>;
  /** Publisher and subscriber are one process. */
  readonly together?: boolean;
  readonly needsRabbitMq?: boolean;
}

/** By name, in the order in which they are shown. To add one: a file that exports `contender`, and its row. */
export const contenders: Readonly<Record<string, Row>> = {
  'skerry memory (one process)': { load: () => import('./contenders/skerry-memory.js'), together: true },
  'skerry inbox': { load: () => import('./contenders/skerry-inbox.js') },
  'skerry inbox on LMDB': { load: () => import('./contenders/skerry-inbox-lmdb.js') },
  'skerry RabbitMQ': { load: () => import('./contenders/skerry-rabbitmq.js'), needsRabbitMq: true },
  'bare amqplib': { load: () => import('./contenders/bare-amqplib.js'), needsRabbitMq: true },
  'NestJS RMQ': { load: () => import('./contenders/nest-rmq.js'), needsRabbitMq: true },
};
