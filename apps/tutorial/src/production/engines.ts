import { ConsulModule } from '@skerry/consul';
import type { DynamicModule } from '@skerry/core';
import { LmdbModule } from '@skerry/lmdb';
import { RabbitMqModule } from '@skerry/rabbitmq';

// #region engines
/** What the whole fleet stands on. Its services do not know the difference. */
export const engines: DynamicModule[] = [
  ConsulModule.forRoot({ url: 'http://127.0.0.1:8500' }),
  RabbitMqModule.forRoot({ url: 'amqp://guest:guest@127.0.0.1:5672' }),
  LmdbModule.forRoot({ path: 'data/bikes.lmdb' }),
];
// #endregion engines
