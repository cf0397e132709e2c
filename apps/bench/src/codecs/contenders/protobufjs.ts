import protobuf from 'protobufjs';
import type { Bytes, CodecContender } from '../contender.js';

const { root } = protobuf.parse(`
  syntax = "proto3";
  message Order { string id = 1; string customer = 2; string sku = 3; int32 quantity = 4; double price = 5; }
  message Basket { string owner = 1; repeated Order orders = 2; }
`);

/** What it generates for a type when that is first used is what its command line would write into a file. */
function generated(name: string): Bytes {
  const type = root.lookupType(name);
  return {
    encode: (message) => type.encode(message as protobuf.Message).finish(),
    decode: (bytes) => type.decode(bytes),
  };
}

/** It knows no dates. */
export const contender: CodecContender = {
  order: generated('Order'),
  basket: generated('Basket'),
  'dated order': undefined,
};
