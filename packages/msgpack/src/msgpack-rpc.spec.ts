import type { RpcEnvelope } from '@skerry/core';
import { envelopeConformance } from '@skerry/core/conformance';
import fc from 'fast-check';
import { MsgpackRpcCodec } from './msgpack-rpc.js';

const codec = new MsgpackRpcCodec();
const message = codec.messages.encode({ a: 1 });
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

envelopeConformance({ describe, test, fc }, { open: () => codec, ids: 'u32 and text' });

test.each<[string, RpcEnvelope, string]>([
  ['a request', { kind: 'request', id: 7, method: 'm', params: message }, '9400 07 a16d 91 81a16101'],
  ['a request without a message', { kind: 'request', id: 7, method: 'm' }, '9400 07 a16d 90'],
  ['a notification', { kind: 'notification', method: 'm' }, '9302 a16d 90'],
  ['a reply', { kind: 'reply', id: 7, result: message }, '9401 07 c0 81a16101'],
  ['an error', { kind: 'error', id: 7, error: { message: 'no' } }, '9401 07 a26e6f c0'],
])('%s is what the specification says', (_what, envelope, expected) => {
  const bytes = codec.encode(envelope);
  expect(hex(bytes)).toBe(expected.replaceAll(' ', ''));
  expect(codec.decode(bytes)).toEqual(envelope);
});

test.each([
  ['another type', '9403 07 a16d 90'],
  ['two messages', '9400 07 a16d 92 01 02'],
  ['no list', '81 a1 61 01'],
  ['an id below 0', '9400 ff a16d 90'],
  ['too few elements', '9300 07 a16d'],
])('%s is refused', (_what, sent) => {
  const bytes = Buffer.from(sent.replaceAll(' ', ''), 'hex');
  expect(() => codec.decode(bytes)).toThrow(expect.objectContaining({ code: 'SKERRY_CODEC_DECODE_FAILED' }));
});
