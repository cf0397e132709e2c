import { JsonCodec } from '../codec/json-codec.js';
import { SkerryError } from '../errors/skerry-error.js';

// No JSON text begins with it.
const rawMark = 0;
// Not the codec of calls: what is kept outlives the day that one is changed.
const json = new JsonCodec();

/** The bytes that are kept for a value: its JSON, or, for a `Uint8Array`, a zero and its own. Shares nothing with the value. */
export function encodeValue(key: string, value: unknown): Uint8Array {
  if (value instanceof Uint8Array) {
    const bytes = new Uint8Array(value.byteLength + 1);
    bytes[0] = rawMark;
    bytes.set(value, 1);
    return bytes;
  }
  if (value === undefined) {
    const message = `cannot encode the value of ${key}: it is undefined; delete the entry, or put null`;
    throw new SkerryError('SKERRY_CODEC_ENCODE_FAILED', message, { details: { key } });
  }
  return named(key, () => json.encode(value));
}

/** The value that was encoded. Throws `SKERRY_CODEC_DECODE_FAILED` for what no store has written. */
export function decodeValue(key: string, bytes: Uint8Array): unknown {
  return bytes[0] === rawMark ? new Uint8Array(bytes.subarray(1)) : named(key, () => json.decode(bytes));
}

function named<T>(key: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!SkerryError.is(error)) throw error;
    throw new SkerryError(error.code, `the value of ${key}: ${error.message}`, { cause: error, details: { key } });
  }
}
