import { openApiMistakes } from '@skerry-private/test-kit';
import { Skerry } from '../app/skerry.js';
import { Module } from '../module/module.js';
import type { Contract } from './contract.js';
import { EveryFeatureModule } from './fixtures/every-feature.js';
import { openApi } from './openapi.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a document is read by the paths that its readers know
let document: any;
let contract: Contract;
beforeAll(async () => {
  ({ contract } = await Skerry.create(EveryFeatureModule, { env: {} }));
  document = openApi(contract);
});

test('the validator finds no mistake in it', async () => {
  class Empty {}
  Module()(Empty);
  const empty = openApi((await Skerry.create(Empty, { env: {} })).contract);
  expect(await openApiMistakes([document, empty])).toEqual([[], []]);
}, 60_000);

test('a handler is called by POST, with its request as the body', () => {
  const { get, post } = document.paths['/orders/place'];
  expect(get).toBeUndefined();
  expect(post).toMatchObject({
    operationId: 'orders.place',
    description: 'Places an order, once for each idempotency key.',
    tags: ['orders'],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/OrderPlaced' } } },
    },
    'x-skerry-idempotent': true,
  });
  expect(parameters(post)).toEqual(['x-timeout-ms', 'traceparent', 'idempotency-key']);
});

test('only an idempotent handler is told the name of the work', () => {
  expect(parameters(document.paths['/stock/anything'].post)).toEqual(['x-timeout-ms', 'traceparent']);
});

test('replies and errors are described', () => {
  const { responses } = document.paths['/stock/look'].post;
  expect(responses['200'].content).toEqual({
    'application/json': { schema: { $ref: '#/components/schemas/StockReply' } },
  });
  const problems = ['400', 'default'].map((status) => resolved(responses[status]));
  for (const { content } of problems) expect(Object.keys(content)).toEqual(['application/problem+json']);
  expect(document.components.schemas.Problem.required).toEqual(
    expect.arrayContaining(['title', 'status', 'code', 'retryable']),
  );
  expect(document.components.schemas.InvalidRequest.allOf[1].properties.fields.items.required).toEqual([
    'path',
    'messages',
  ]);
  // What takes no message cannot be sent a wrong one.
  expect(document.paths['/stock/version'].post.responses['400']).toBeUndefined();
});

test('what changes nothing is called by GET as well, with the fields that are values or lists of them', () => {
  const { get } = document.paths['/stock/look'];
  expect(get.operationId).toBe('stock.look.get');
  expect(get.requestBody).toBeUndefined();
  expect(get.parameters.slice(0, 3)).toEqual([
    { name: 'sku', in: 'query', required: true, schema: { type: 'string', minLength: 1, maxLength: 20 } },
    { name: 'atLeast', in: 'query', required: false, schema: { type: 'integer', minimum: 1 } },
    { name: 'shelves', in: 'query', required: false, schema: { type: 'array', items: { type: 'string' } } },
  ]);
  expect(parameters(get)).toEqual(['sku', 'atLeast', 'shelves', 'x-timeout-ms', 'traceparent', 'idempotency-key']);
  expect(parameters(document.paths['/stock/version'].get)).toEqual(['x-timeout-ms', 'traceparent', 'idempotency-key']);
});

test('a readOnly handler with a required field of several fields has no GET, an optional one is left to POST', () => {
  const request = { type: 'object', properties: { ids: { type: 'array' } }, required: ['ids'] };
  const handlers = [{ name: 'list', kind: 'unary', idempotent: true, readOnly: true, request }] as const;
  const made = openApi({ application: 'App', services: [{ ...contract.services[0]!, handlers }] });
  expect(made['paths']).toMatchObject({ '/orders/list': { post: {} } });
  expect(made['paths']).not.toHaveProperty(['/orders/list', 'get']);
  const optional = [{ ...handlers[0], request: { ...request, required: [] } }];
  expect(openApi({ application: 'App', services: [{ ...contract.services[0]!, handlers: optional }] })).toMatchObject({
    paths: { '/orders/list': { get: { description: 'Only by POST, as they are no values or lists of values: ids.' } } },
  });
});

test('many replies are lines of JSON or server-sent events', () => {
  const { content } = document.paths['/stock/follow'].post.responses['200'];
  const items = { schema: { $ref: '#/components/schemas/StockReply' }, 'x-skerry-sequence': true };
  expect(content).toEqual({ 'application/x-ndjson': items, 'text/event-stream': items });
});

test('many messages are sent as lines of JSON; what streams both ways is left out, and named', () => {
  const { content: sent } = document.paths['/orders/import'].post.requestBody;
  expect(Object.keys(sent)).toEqual(['application/x-ndjson']);
  expect(document.paths['/orders/import'].get).toBeUndefined();
  expect(Object.keys(document.paths)).toEqual([
    '/orders/import',
    '/orders/place',
    '/stock/anything',
    '/stock/follow',
    '/stock/look',
    '/stock/version',
  ]);
  expect(document['x-skerry-omitted']).toEqual({ 'orders.check': 'bidirectional' });
});

test("an application's own class called Problem gets another name", () => {
  const reply = { title: 'Problem', type: 'object' };
  const handlers = [{ name: 'list', kind: 'unary', idempotent: false, readOnly: false, reply }] as const;
  const made = openApi({ application: 'App', services: [{ ...contract.services[0]!, handlers }] });
  expect(made['components']).toMatchObject({ schemas: { Problem2: reply, Problem: { required: expect.any(Array) } } });
});

function parameters(operation: { parameters: object[] }): string[] {
  return operation.parameters.map((each) => resolved(each).name as string);
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- see above
function resolved(value: any): any {
  const path = (value.$ref as string | undefined)?.split('/').slice(1);
  return path ? path.reduce((all, key) => all[key], document) : value;
}
