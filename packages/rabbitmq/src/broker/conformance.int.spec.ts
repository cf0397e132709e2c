import { setTimeout as sleep } from 'node:timers/promises';
import {
  findRabbitMq,
  openHandles,
  rabbitMqStarter,
  type OpenHandles,
  type RabbitMqServer,
} from '@skerry-private/test-kit';
import { brokerConformance } from '@skerry/core/conformance';
import { clock, Ground } from './fixtures/ground.js';
import { RabbitMqBrokerDriver } from './rabbitmq-broker.js';

const sbin = await findRabbitMq();

(sbin ? describe : describe.skip)('the broker in a real RabbitMQ', () => {
  const startRabbitMq = rabbitMqStarter(afterAll, sbin);
  let server: RabbitMqServer;
  let before: OpenHandles;
  let ground: Ground;

  beforeAll(async () => {
    before = openHandles();
    server = await startRabbitMq();
    ground = new Ground(server.url);
  }, 60_000);

  brokerConformance(
    { describe, test },
    {
      open: async () => new RabbitMqBrokerDriver(clock, { url: server.url, exchange: ground.exchange }, {}),
      now: () => clock.now(),
      pass: (ms) => sleep(ms),
      interrupt: () => server.ctl('close_all_connections', 'test'),
      freeze: async (on) => (on ? server.freeze() : server.thaw()),
      restart: async () => {
        await server.ctl('stop_app');
        await server.ctl('start_app');
      },
      lacks: ['replay'],
    },
  );

  afterAll(async () => {
    await before.nothingMore();
  });
});
