import { Decoder, Encoder } from '@msgpack/msgpack';
import {
  describedNative,
  nativeCopy,
  SkerryError,
  type Codec,
  type JsonSchema,
  type MessageCodec,
  type MessageCopy,
  type NativeFormat,
} from '@skerry/core';
import { checkMsgpack } from './check-msgpack.js';

const format: NativeFormat = {
  name: 'MessagePack',
  lowestBigint: -(2n ** 63n),
  highestBigint: 2n ** 64n - 1n,
  negativeZero: false,
};

// With bigints, integers of 64 bits are bigints both ways: numbers that need as many are written as floating point.
const encoder = new Encoder({ useBigInt64: true });
const decoder = new Decoder({ useBigInt64: true });

/**
 * MessagePack. A `Date` is a timestamp there, a `bigint` an integer of 64 bits, bytes are bytes: no schema is needed for these.
 * Decodes at most 64 levels, maps with keys that are text, no extension but the timestamp; the key `__proto__` is refused and
 * `constructor` dropped, of two equal keys the last one counts.
 */
export class MsgpackCodec implements Codec {
  readonly name = 'msgpack';
  readonly contentType = 'application/msgpack';

  encode(message: unknown): Uint8Array {
    return encoder.encode(nativeCopy(message, format, true).value);
  }

  decode(bytes: Uint8Array): unknown {
    // Not a Buffer, of which the parts would be Buffers.
    const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // The decoder makes lists as long as a message says that they are: whether that is so is found out before.
    const { fault, end, traps } = checkMsgpack(plain);
    const excess = fault === undefined && end < plain.length ? `${plain.length - end} bytes follow it` : undefined;
    const why = fault ?? excess;
    if (why !== undefined) {
      throw new SkerryError('SKERRY_CODEC_DECODE_FAILED', `cannot decode ${plain.length} bytes as MessagePack: ${why}`);
    }
    const message = decoder.decode(plain);
    return traps ? withoutConstructors(message) : message;
  }

  forSchema(schema: JsonSchema): MessageCodec {
    return describedNative(this, format, schema) ?? this;
  }

  copy(message: unknown): MessageCopy | undefined {
    try {
      return nativeCopy(message, format, false);
    } catch {
      // Who encodes it is told why.
      return undefined;
    }
  }
}

function withoutConstructors(value: unknown): unknown {
  if (Array.isArray(value)) for (const each of value) withoutConstructors(each);
  else if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    delete (value as Record<string, unknown>)['constructor'];
    for (const each of Object.values(value)) withoutConstructors(each);
  }
  return value;
}
