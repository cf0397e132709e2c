import { ManualClock, type BrokerMessage } from '@skerry/core';
import fc from 'fast-check';
import {
  attemptOf,
  contentOf,
  expiration,
  failureOf,
  header,
  messageOf,
  propertiesOf,
  type Incoming,
} from './amqp-message.js';

const clock = new ManualClock();

/** As the server hands over what was published with these properties. */
function arrived(message: BrokerMessage, added: Record<string, string | number> = {}): Incoming {
  const { persistent, ...properties } = propertiesOf(message, added);
  return {
    content: contentOf(message),
    properties: { ...properties, deliveryMode: persistent ? 2 : 1 } as unknown as Incoming['properties'],
    fields: { routingKey: message.topic, redelivered: false },
  };
}

const foreign = (headers: object, rest: object = {}, redelivered = false): Incoming => ({
  content: Buffer.alloc(0),
  properties: { headers, ...rest } as Incoming['properties'],
  fields: { routingKey: 'orders.placed', redelivered },
});

const name = fc.oneof(
  fc.constantFrom('x-death', 'x-delivery-count', 'cc', 'bcc', 'x-first-death-queue', ':traceparent', '__proto__'),
  fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/),
);

test('what is published arrives, whatever its headers are called', () => {
  const headers = fc.dictionary(name, fc.string({ maxLength: 50 }), { maxKeys: 20 });
  fc.assert(
    fc.property(headers, fc.option(fc.string(), { nil: undefined }), fc.boolean(), (given, key, persistent) => {
      const message: BrokerMessage = {
        ...{ id: 'm1', topic: 'orders.placed', body: Uint8Array.of(0, 255), contentType: 'text/plain', persistent },
        ...(key === undefined ? {} : { key }),
        ...{ headers: given, publishedAt: 1_700_000_000_123 },
      };
      const copy = messageOf(arrived(message), clock);
      expect({ ...copy, body: [...copy.body], headers: Object.entries(copy.headers) }).toEqual({
        ...message,
        body: [0, 255],
        headers: Object.entries(given),
      });
    }),
  );
});

test('what a stranger wrote is never more than a message', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.anything()), fc.anything(), (headers, any) => {
      const incoming = foreign(headers, { messageId: any, contentType: any, timestamp: any, deliveryMode: any });
      const message = messageOf(incoming, clock);
      expect(message.id).toMatch(/./s);
      expect(message.contentType).toMatch(/./s);
      expect(Number.isFinite(message.publishedAt)).toBe(true);
      for (const value of Object.values(message.headers)) expect(typeof value).toBe('string');
      expect(attemptOf(incoming)).toBeGreaterThanOrEqual(1);
      expect(typeof failureOf(incoming).code).toBe('string');
    }),
  );
});

test('headers are kept up to 64, and up to 16 KiB', () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`h${i}`, 'x']));
  expect(Object.keys(messageOf(foreign(many), clock).headers)).toHaveLength(64);
  const large = { small: 'x', large: 'x'.repeat(20_000) };
  expect(messageOf(foreign(large), clock).headers).toEqual({ small: 'x' });
});

test('deliveries are those that we counted, and those that the server did', () => {
  expect(attemptOf(foreign({}))).toBe(1);
  expect(attemptOf(foreign({ [header.attempts]: 2 }))).toBe(3);
  expect(attemptOf(foreign({ [header.attempts]: 2, 'x-delivery-count': 3 }, {}, true))).toBe(6);
  expect(attemptOf(foreign({ 'x-delivery-count': 3 }))).toBe(1);
  expect(attemptOf(foreign({ [header.attempts]: -2, 'x-delivery-count': Number.NaN }, {}, true))).toBe(1);
});

test('a failure that cannot be read is unknown', () => {
  expect(failureOf(foreign({ [header.failure]: '{' })).code).toBe('UNKNOWN');
  expect(failureOf(foreign({ [header.failure]: 'null' })).code).toBe('UNKNOWN');
  expect(failureOf(foreign({ [header.failure]: '{"code":"A","attempt":"x"}' }))).toMatchObject({
    code: 'A',
    attempt: 0,
  });
});

test('an expiry is whole milliseconds that the server takes', () => {
  expect([0.1, 1.5, 1_000, 1e15].map(expiration)).toEqual(['1', '2', '1000', '4294967295']);
});
