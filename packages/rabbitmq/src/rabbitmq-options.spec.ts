import { resolveRabbitMqOptions, type RabbitMqAddress, type RabbitMqOptions } from './rabbitmq-options.js';

const address = (options: RabbitMqOptions, env = {}): RabbitMqAddress => resolveRabbitMqOptions(options, env).address;

test('the server is the one of this machine, of the environment, or the one that was named', () => {
  const guest = { username: 'guest', password: 'guest', vhost: '' };
  expect(address({})).toEqual({ protocol: 'amqp', hostname: '127.0.0.1', port: 5672, ...guest });
  expect(address({}, { RABBITMQ_URL: 'amqps://queues' })).toMatchObject({ protocol: 'amqps', port: 5671 });
  expect(address({}, { RABBITMQ_URL: '' })).toMatchObject({ hostname: '127.0.0.1' });
  expect(address({ url: 'amqp://[::1]:1234' }, { RABBITMQ_URL: 'amqp://other' })).toMatchObject({
    hostname: '::1',
    port: 1234,
  });
});

test('user, password and virtual host are those of the URL', () => {
  expect(address({ url: 'amqp://me%40home:p%2Fw%25@queues/orders%2Ftest' })).toMatchObject({
    username: 'me@home',
    password: 'p/w%',
    vhost: 'orders%2Ftest',
  });
  expect(address({ url: 'amqp://me@queues' })).toMatchObject({ username: 'me', password: '' });
});

test.each<[string, RabbitMqOptions]>([
  ['exchange', { exchange: 'a b' }],
  ['exchange', { exchange: 'amq.topic' }],
  ['exchange', { exchange: '' }],
  ['connectTimeoutMs', { connectTimeoutMs: 0 }],
  ['heartbeatMs', { heartbeatMs: 1_500 }],
  ['heartbeatMs', { heartbeatMs: Number.NaN }],
  ['maxUnconfirmedBytes', { maxUnconfirmedBytes: 0 }],
  ['key', { url: 'amqps://queues', tls: { key: 'alone' } }],
  ['amqps', { url: 'amqp://queues', tls: { ca: 'a certificate' } }],
  ['url', { url: 'http://queues' }],
  ['url', { url: '' }],
  ["'heartbeat'", { url: 'amqp://queues?heartbeat=5' }],
])('an option that cannot work is named: %s', (named, options) => {
  expect(() => resolveRabbitMqOptions(options, {})).toThrow(
    expect.objectContaining({ code: 'SKERRY_OPTION_INVALID', message: expect.stringContaining(named) }),
  );
});

test.each(['ftp://me:secret@queues', 'amqp://me:secret%@queues', 'amqp://me:secret@queues?verify=no'])(
  'a URL that is refused is not shown, for it may hold a password: %s',
  (url) => {
    expect(() => resolveRabbitMqOptions({}, { RABBITMQ_URL: url })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    );
  },
);
