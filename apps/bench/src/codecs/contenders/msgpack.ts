import { Decoder, Encoder } from '@msgpack/msgpack';
import type { CodecContender } from '../contender.js';

const [encoder, decoder] = [new Encoder(), new Decoder()];
const plain = {
  encode: (message: object): Uint8Array => encoder.encode(message),
  decode: (bytes: Uint8Array): unknown => decoder.decode(bytes),
};

export const contender: CodecContender = { order: plain, basket: plain, 'dated order': plain };
