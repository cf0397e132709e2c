import { deserialize, serialize } from 'bson';
import type { CodecContender } from '../contender.js';

const plain = {
  encode: (message: object): Uint8Array => serialize(message),
  decode: (bytes: Uint8Array): unknown => deserialize(bytes),
};

export const contender: CodecContender = { order: plain, basket: plain, 'dated order': plain };
