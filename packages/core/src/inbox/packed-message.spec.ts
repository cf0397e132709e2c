import fc from 'fast-check';
import { JsonCodec } from '../codec/json-codec.js';
import { pack, unpack } from './packed-message.js';

const codec = new JsonCodec();
const text = fc.string({ unit: 'grapheme' });

test('a message is the same after its way through JSON, whatever its headers are called', () => {
  const message = fc.record(
    {
      id: text,
      topic: text,
      body: fc.uint8Array(),
      contentType: text,
      key: text,
      headers: fc.dictionary(fc.oneof(text, fc.constantFrom('constructor', 'prototype', 'tostring')), text),
      publishedAt: fc.nat(),
      expireMs: fc.nat(),
      persistent: fc.boolean(),
    },
    { requiredKeys: ['id', 'topic', 'body', 'contentType', 'headers', 'publishedAt', 'persistent'] },
  );
  fc.assert(
    fc.property(message, (original) => {
      const { headers, body, ...rest } = unpack(codec.decode(codec.encode(pack(original))));
      const { headers: sent, body: bytes, ...others } = original;
      expect(rest).toEqual(others);
      expect(Object.entries(headers)).toEqual(Object.entries(sent));
      expect(Buffer.from(body)).toEqual(Buffer.from(bytes));
    }),
  );
});

test.each([
  ['nothing', null],
  ['a list', []],
  ['a number for a text', { id: 1, topic: 't', body: '', contentType: '', headers: [] }],
  ['headers that are an object', { id: 'a', topic: 't', body: '', contentType: '', headers: {} }],
  ['headers that are no pairs', { id: 'a', topic: 't', body: '', contentType: '', headers: [['a']] }],
])('refuses %s', (_what, packed) => {
  expect(() => unpack(packed)).toThrow(expect.objectContaining({ code: 'SKERRY_CODEC_DECODE_FAILED' }));
});
