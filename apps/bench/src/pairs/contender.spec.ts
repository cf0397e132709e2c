import { check, message } from './contender.js';

test('the message has 95 bytes', () => expect(JSON.stringify(message)).toHaveLength(95));

test('an answer is right when its content is', async () => {
  const received = async (items: number) => ({ items, last: Object.assign(Object.create(null), message) });
  await expect(check({ call: async () => message, serverStream: received, bidirectional: received })).resolves.toBe(
    undefined,
  );
  await expect(check({ call: async () => Buffer.from(JSON.stringify(message)) })).resolves.toBe(undefined);
});

test.each([
  ['another content', { call: async () => ({ ...message, price: 1 }) }, 'a call gave {"id"'],
  ['nothing', { call: async () => undefined }, 'a call gave undefined'],
  ['items too few', { serverStream: async () => ({ items: 99, last: message }) }, 'serverStream gave 99 items of 100'],
  ['a wrong item', { bidirectional: async (items: number) => ({ items, last: {} }) }, 'bidirectional gave {}'],
])('%s is a wrong answer', async (_, connected, complaint) => {
  await expect(check(connected)).rejects.toThrow(complaint);
});
