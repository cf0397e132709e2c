import type { CodecContender } from '../contender.js';

const plain = {
  encode: (message: object): Uint8Array => Buffer.from(JSON.stringify(message)),
  decode: (bytes: Uint8Array): unknown => JSON.parse((bytes as Buffer).toString()),
};

/** In UTF-8. Dates are made again by hand. */
export const contender: CodecContender = {
  order: plain,
  basket: plain,
  'dated order': {
    encode: plain.encode,
    decode(bytes) {
      const order = plain.decode(bytes) as { at: unknown };
      order.at = new Date(order.at as string);
      return order;
    },
  },
};
