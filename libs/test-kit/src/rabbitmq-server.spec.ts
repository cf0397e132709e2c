import { access } from 'node:fs/promises';
import { connect } from 'node:net';
import { findRabbitMq, rabbitMqStarter, type RabbitMqServer } from './rabbitmq-server.js';

const sbin = await findRabbitMq();
const unlessMissing = sbin ? describe : describe.skip;

const listens = ({ url }: RabbitMqServer): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', end(true));
    socket.once('error', end(false));
  });

unlessMissing('a node of RabbitMQ', () => {
  test('runs until the hook has run, and then is gone with all that it stored', async () => {
    let end = (): Promise<void> => Promise.reject(new Error('no hook was set'));
    const server = await rabbitMqStarter((hook) => (end = hook), sbin)();
    try {
      const { folder } = server;
      await access(folder);
      await server.ctl('await_startup');
      await expect(server.ctl('no_such_command')).rejects.toThrow('no_such_command');
      expect(await listens(server)).toBe(true);
      await end();
      await expect(access(folder)).rejects.toThrow('ENOENT');
      expect(await listens(server)).toBe(false);
    } finally {
      await end();
    }
  }, 60_000);
});
