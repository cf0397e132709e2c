import { asyncApiMistakes, openApiMistakes } from './document-mistakes.js';

const info = { title: 'Shop', version: '1.0.0' };

test('mistakes of AsyncAPI documents are found, each with its place', async () => {
  const right = { asyncapi: '3.0.0', info, channels: {} };
  const [none, some] = await asyncApiMistakes([right, { ...right, channels: { orders: { address: 3 } } }]);
  expect(none).toEqual([]);
  expect(some!.join()).toContain('channels/orders/address');
}, 60_000);

test('mistakes of OpenAPI documents are found', async () => {
  const operation = { responses: { 200: { description: 'All of them.' } } };
  const right = { openapi: '3.1.0', info, paths: { '/orders': { get: operation } } };
  const [none, some] = await openApiMistakes([right, { ...right, paths: { '/orders': { get: { responses: 3 } } } }]);
  expect(none).toEqual([]);
  expect(some).not.toEqual([]);
}, 60_000);
