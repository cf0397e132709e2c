import type { Codec } from './codec.js';
import { Codecs } from './codecs.js';
import { JsonCodec } from './json-codec.js';

const named = (name: string): Codec => ({
  ...{ name, contentType: `application/${name}`, encode: () => new Uint8Array(), decode: () => undefined },
});
const [msgpack, bson] = [named('msgpack'), named('bson')];
const codecs = new Codecs(msgpack, [new JsonCodec(), bson, msgpack]);

test('are named with the preferred one first', () => {
  expect(codecs.names).toEqual(['msgpack', 'json', 'bson']);
});

test.each([
  ['what is wanted', ['json', 'bson', 'msgpack'], 'bson', 'bson'],
  ['the preferred one, where the peer has not what is wanted', ['json', 'msgpack'], 'bson', 'msgpack'],
  ['the preferred one', ['json', 'msgpack'], undefined, 'msgpack'],
  ['what the peer would rather have, of what is left', ['other', 'bson', 'json'], undefined, 'bson'],
  ['JSON, to a peer that says nothing', undefined, 'bson', 'json'],
  ['nothing, where nothing is in common', ['other'], undefined, undefined],
])('choose %s', (_what, understood, wanted, expected) => {
  expect(codecs.choose(understood, wanted)?.name).toBe(expected);
});

test.each(['application/bson', ' Application/BSON ; charset=utf-8'])('are found by the content type %j', (type) => {
  expect(codecs.forContentType(type)).toBe(bson);
  expect(codecs.forContentType('text/plain')).toBeUndefined();
});
