import type { RpcEnvelope } from '@skerry/core';
import { ProtoRpcCodec } from './proto-rpc.js';

const codec = new ProtoRpcCodec();
const hex = (envelope: RpcEnvelope): string => Buffer.from(codec.encode(envelope)).toString('hex');
const message = Buffer.from('0a0161', 'hex');

test('a call and its answers have the bytes that go-micro writes', () => {
  const method = '0a0953686f702e66696e64';
  const seq = '110700000000000000';
  expect(hex({ kind: 'request', id: 7, method: 'Shop.find', params: message })).toBe(
    `00000014${method}${seq}` + '000000030a0161',
  );
  expect(hex({ kind: 'reply', id: 7, method: 'Shop.find', result: message })).toBe(
    `00000016${method}${seq}1a00` + '000000030a0161',
  );
  const failed: RpcEnvelope = { kind: 'error', id: 7, method: 'Shop.find', error: { message: 'no' } };
  expect(hex(failed)).toBe(`00000018${method}${seq}1a026e6f` + '00000000');
});

test.each<RpcEnvelope>([
  { kind: 'request', id: 0, method: 'a.b' },
  { kind: 'request', id: '18446744073709551615', method: 'a.b', params: message },
  { kind: 'reply', id: 9, method: 'a.b', result: message },
  { kind: 'reply', id: 9, result: Buffer.alloc(0) },
  { kind: 'error', id: 1, error: { message: 'gone' } },
])('gives back %j', (envelope) => {
  expect(codec.decode(codec.encode(envelope))).toEqual(envelope);
});

test('refuses what it has no form for', () => {
  expect(() => codec.encode({ kind: 'notification', method: 'a.b' })).toThrow('no form');
  for (const id of [null, 'x', -1, 1.5, '18446744073709551616']) {
    expect(() => codec.encode({ kind: 'request', id, method: 'a.b' })).toThrow('no whole number');
  }
});

test.each([
  ['nothing', ''],
  ['a length without its header', '00000005'],
  ['a header longer than the memory', 'ffffffff0a'],
  ['a header without a message', '00000000'],
  ['a call without a method', '0000000000000000'],
  ['something behind it', '000000030a01610000000000'],
])('refuses %s', (_what, bytes) => {
  expect(() => codec.decode(Buffer.from(bytes, 'hex'))).toThrow(/SKERRY_CODEC_DECODE_FAILED|cannot decode/);
});
