import { Binary, serialize } from 'bson';
import { envelopeConformance } from '@skerry/core/conformance';
import fc from 'fast-check';
import { BsonRpcCodec } from './bson-rpc.js';

const codec = new BsonRpcCodec();

envelopeConformance(
  { describe, test, fc },
  { open: () => codec, ids: 'text', lacks: ['notifications', 'absentParams'] },
);

test('a request is the two documents that go-micro writes', () => {
  const bytes = codec.encode({ kind: 'request', id: '7', method: 'Greeter.Hello', params: serialize({ name: 'Ada' }) });
  const expected = [serialize({ ServiceMethod: 'Greeter.Hello', Seq: '7' }), serialize({ name: 'Ada' })];
  expect(Buffer.from(bytes).equals(Buffer.concat(expected))).toBe(true);
});

test('text of go-micro, which is binary data, and ids that are numbers, are read', () => {
  const head = serialize({ ServiceMethod: new Binary(Buffer.from('Greeter.Hello')), Seq: 7 });
  expect(codec.decode(Buffer.concat([head, serialize({})]))).toMatchObject({
    kind: 'request',
    id: '7',
    method: 'Greeter.Hello',
  });
});
