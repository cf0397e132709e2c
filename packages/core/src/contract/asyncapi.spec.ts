import { asyncApiMistakes } from '@skerry-private/test-kit';
import { Skerry } from '../app/skerry.js';
import { Module } from '../module/module.js';
import type { RootModule } from '../app/load-root.js';
import { asyncApi } from './asyncapi.js';
import { EveryFeatureModule } from './fixtures/every-feature.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a document is read by the paths that its readers know
type Doc = any;

async function documentOf(root: RootModule): Promise<Doc> {
  const { contract } = await Skerry.create(root, { env: {} });
  return asyncApi(contract);
}

let document: Doc;
beforeAll(async () => (document = await documentOf(EveryFeatureModule)));

test('the official parser finds no mistake in it', async () => {
  // An application without events is a document as well.
  class Empty {}
  Module()(Empty);
  const empty = await documentOf(Empty);
  expect(empty.info).toEqual({ title: 'Empty', version: '0.0.0', tags: [] });
  expect(await asyncApiMistakes([document, empty])).toEqual([[], []]);
}, 60_000);

test('a topic is a channel, with what its messages are', () => {
  expect(document.channels['orders.placed']).toEqual({
    address: 'orders.placed',
    description: 'An order was accepted.',
    messages: { OrderPlaced: { $ref: '#/components/messages/OrderPlaced' } },
  });
  expect(document.components.messages.OrderPlaced).toMatchObject({
    name: 'OrderPlaced',
    contentType: 'application/json',
    payload: { $ref: '#/components/schemas/OrderPlaced' },
    headers: { properties: { ':service': {}, ':node': {}, ':traceparent': {} }, required: [':service', ':node'] },
    'x-skerry-envelope': { properties: { id: {}, key: {}, publishedAt: {} }, required: ['id', 'publishedAt'] },
  });
});

test('a subscription is an operation that receives, with everything that was asked for', () => {
  expect(document.operations['stock.reserve']).toEqual({
    action: 'receive',
    channel: { $ref: '#/channels/orders.placed' },
    messages: [{ $ref: '#/channels/orders.placed/messages/OrderPlaced' }],
    title: 'stock.reserve',
    description: 'Takes the goods from the shelf.',
    tags: [{ name: 'stock' }],
    'x-skerry-delivery': 'queue',
    'x-skerry-queue': 'stock.orders.placed',
    'x-skerry-attempts': 3,
    'x-skerry-backoff': { firstMs: 200, factor: 2, mostMs: 60_000 },
    'x-skerry-dead-letter': true,
    'x-skerry-order': 'key',
    'x-skerry-dedupe': { windowMs: 86_400_000 },
    'x-skerry-concurrency': 4,
    'x-skerry-ack-timeout-ms': 5_000,
    'x-skerry-from': 'earliest',
  });
  expect(document.operations['stock.watch.customers.moved']).toMatchObject({
    'x-skerry-delivery': 'broadcast',
    'x-skerry-attempts': 5,
    'x-skerry-dead-letter': false,
  });
  expect(document.operations['stock.watch.customers.moved']).not.toHaveProperty('x-skerry-queue');
});

test('what a service says that it publishes is an operation that sends', () => {
  expect(document.operations['orders.publish.orders.placed']).toEqual({
    action: 'send',
    channel: { $ref: '#/channels/orders.placed' },
    messages: [{ $ref: '#/channels/orders.placed/messages/OrderPlaced' }],
    title: 'orders publishes orders.placed',
    tags: [{ name: 'orders' }],
  });
});

test('a method with several topics has an operation for each', () => {
  expect(Object.keys(document.operations)).toEqual([
    'orders.publish.customers.moved',
    'orders.publish.orders.noted',
    'orders.publish.orders.placed',
    'stock.count',
    'stock.reserve',
    'stock.told',
    'stock.watch',
    'stock.watch.customers.moved',
    'stock.watch.orders.any',
    'stock.watch.orders.noted',
  ]);
});

test('a pattern is a channel with parameters', () => {
  expect(document.channels['orders.-any-']).toMatchObject({
    address: 'orders.{word2}',
    parameters: { word2: { description: 'One word.' } },
    'x-skerry-pattern': 'orders.*',
  });
  expect(document.channels['customers.-all-']).toMatchObject({
    address: 'customers.{rest}',
    'x-skerry-pattern': 'customers.#',
  });
});

test('messages without a class are described as far as anyone knows', () => {
  expect(document.components.messages.number).toMatchObject({ payload: { type: 'number' } });
  expect(document.components.messages.undescribed).not.toHaveProperty('payload');
  expect(Object.keys(document.channels['orders.noted'].messages)).toEqual(['anything', 'undescribed']);
});

test('classes are described once, those of one name that differ by a number', () => {
  const { schemas } = document.components;
  expect(Object.keys(schemas)).toEqual(['Address', 'Address2', 'Card', 'Invoice', 'Line', 'Moved', 'OrderPlaced']);
  expect(schemas.Line.properties.parts.items).toEqual({ $ref: '#/components/schemas/Line' });
  expect(schemas.OrderPlaced.properties.payment.anyOf[0]).toEqual({
    allOf: [{ $ref: '#/components/schemas/Card' }, { properties: { kind: { const: 'card' } }, required: ['kind'] }],
  });
});

test('titles, services and versions are told', async () => {
  expect(document.info).toEqual({
    title: 'EveryFeatureModule',
    version: '1.10.0',
    tags: [
      { name: 'orders', description: 'Takes orders.', 'x-skerry-version': '1.2.0' },
      { name: 'stock', 'x-skerry-version': '1.10.0' },
    ],
  });
  const { contract } = await Skerry.create(EveryFeatureModule, { env: {} });
  const given = { title: 'Shop', version: '2.0.0', description: 'All of it.' };
  expect(asyncApi(contract, given)['info']).toMatchObject(given);
});
