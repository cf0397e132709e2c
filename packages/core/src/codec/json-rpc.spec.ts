import fc from 'fast-check';
import { envelopeConformance } from './conformance/envelopes.js';
import type { RpcEnvelope } from './envelope.js';
import { JsonRpcCodec } from './json-rpc.js';

const codec = new JsonRpcCodec();
const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const text = (envelope: RpcEnvelope): unknown => JSON.parse(Buffer.from(codec.encode(envelope)).toString());

describe('writes', () => {
  const hello = { method: 'greeter.hello', params: json({ name: 'Ada' }) };

  test.each<[string, RpcEnvelope, unknown]>([
    [
      'a request, an object by name',
      { kind: 'request', id: 1, ...hello },
      { jsonrpc: '2.0', id: 1, method: 'greeter.hello', params: { name: 'Ada' } },
    ],
    [
      'a list, in its position',
      { kind: 'request', id: 'a', method: 'm', params: json([1, 2]) },
      { jsonrpc: '2.0', id: 'a', method: 'm', params: [[1, 2]] },
    ],
    ['a notification', { kind: 'notification', method: 'm' }, { jsonrpc: '2.0', method: 'm' }],
    ['a reply', { kind: 'reply', id: 1, result: json(null) }, { jsonrpc: '2.0', id: 1, result: null }],
    [
      'an error without a code',
      { kind: 'error', id: null, error: { message: 'no', data: { a: 1 } } },
      { jsonrpc: '2.0', id: null, error: { code: -32603, message: 'no', data: { a: 1 } } },
    ],
    [
      'a request of version 1.0, whose params are positions',
      { kind: 'request', id: 1, ...hello, dialect: '1.0' },
      { id: 1, method: 'greeter.hello', params: [{ name: 'Ada' }] },
    ],
    [
      'a reply of version 1.0, with an error that is none',
      { kind: 'reply', id: 1, result: json(2), dialect: '1.0' },
      { id: 1, result: 2, error: null },
    ],
    [
      'an error of version 1.0, as its text',
      { kind: 'error', id: 1, error: { message: 'no' }, dialect: '1.0' },
      { id: 1, result: null, error: 'no' },
    ],
  ])('%s', (_what, envelope, expected) => {
    expect(text(envelope)).toEqual(expected);
  });

  test('no request of version 1.0 without an id, which would be a notification', () => {
    expect(() => codec.encode({ kind: 'request', id: null, method: 'm', dialect: '1.0' })).toThrow(/needs an id/);
  });
});

describe('reads', () => {
  test('what go-micro and net/rpc/jsonrpc send', () => {
    expect(codec.decode(json({ method: 'Greeter.Hello', params: [{ name: 'Ada' }], id: 7 }))).toEqual({
      ...{ kind: 'request', id: 7, method: 'Greeter.Hello', dialect: '1.0' },
      params: json({ name: 'Ada' }),
    });
    expect(codec.decode(json({ id: 7, result: null, error: 'broken' }))).toEqual({
      ...{ kind: 'error', id: 7, error: { message: 'broken' }, dialect: '1.0' },
    });
  });

  test.each([
    ['no JSON', '{', -32700, null],
    ['a number', '1', -32600, null],
    ['an empty batch', '[]', -32600, null],
    ['an id that is an object', '{"jsonrpc":"2.0","method":"m","id":{}}', -32600, null],
    ['another version', '{"jsonrpc":"3.0","method":"m","id":4}', -32600, 4],
    ['a method that is a number', '{"jsonrpc":"2.0","method":1,"id":4}', -32600, 4],
    ['params that are text', '{"jsonrpc":"2.0","method":"m","params":"x","id":4}', -32600, 4],
    ['two messages', '{"jsonrpc":"2.0","method":"m","params":[1,2],"id":4}', -32602, 4],
    ['neither a call nor an answer', '{"jsonrpc":"2.0","id":4}', -32600, 4],
  ])('%s as a fault that can be answered', (_what, sent, code, id) => {
    const { batch, entries } = codec.decodeAny(Buffer.from(sent));
    expect(batch).toBe(false);
    expect(entries).toEqual([{ kind: 'fault', id, error: { code, message: expect.any(String) as string } }]);
  });

  test('the right ones of a batch, beside those that are wrong', () => {
    const { batch, entries } = codec.decodeAny(json([1, { jsonrpc: '2.0', method: 'm' }]));
    expect(batch).toBe(true);
    expect(entries.map(({ kind }) => kind)).toEqual(['fault', 'notification']);
  });

  test('no batch of more than 1,000', () => {
    const { entries } = codec.decodeAny(json(Array.from({ length: 1_001 }, () => ({ method: 'm', id: 1 }))));
    expect(entries).toMatchObject([{ kind: 'fault', error: { code: -32600 } }]);
  });
});

test('several are written as one array', () => {
  const replies = [1, 2].map((id): RpcEnvelope => ({ kind: 'reply', id, result: json(id) }));
  expect(codec.decodeAny(codec.encodeBatch(replies))).toEqual({
    batch: true,
    entries: replies.map((each) => ({ ...each, dialect: '2.0' })),
  });
});

envelopeConformance({ describe, test, fc }, { open: () => codec, ids: 'any' });
