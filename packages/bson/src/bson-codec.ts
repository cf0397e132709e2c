import { calculateObjectSize, serialize, setInternalBufferSize } from 'bson';
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
import { readDocument, wrapper } from './read-document.js';

const format: NativeFormat = {
  name: 'BSON',
  lowestBigint: -(2n ** 63n),
  highestBigint: 2n ** 63n - 1n,
  negativeZero: true,
};

// What the library keeps for itself at any time.
const roomBytes = 16 * 1024 * 1024;

/**
 * BSON (bsonspec.org). A `Date` is a date there, a `bigint` an integer of 64 bits, bytes are binary data: no schema is needed for these.
 * A message that is no object is put into one, `{ _Val_: ... }`.
 *
 * Decodes at most 64 levels, and of BSON's types those that messages are made of: MongoDB's own, such as ObjectId, regular
 * expressions and code, are refused. The keys `__proto__` and `constructor` are dropped, of two equal keys the last one counts.
 */
export class BsonCodec implements Codec {
  readonly name = 'bson';
  readonly contentType = 'application/bson';

  encode(message: unknown): Uint8Array {
    const { value, mostBytes } = nativeCopy(message, format, true);
    const root = forLibrary(isDocument(value) ? value : { [wrapper]: value }) as Record<string, unknown>;
    try {
      // It would write no further than its buffer, and say nothing.
      if (mostBytes > roomBytes) setInternalBufferSize(calculateObjectSize(root));
      return serialize(root);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new SkerryError('SKERRY_CODEC_ENCODE_FAILED', `cannot encode as BSON: ${reason}`, { cause });
    }
  }

  decode(bytes: Uint8Array): unknown {
    const document = readDocument(bytes);
    return isWrapped(document) ? document[wrapper] : document;
  }

  forSchema(schema: JsonSchema): MessageCodec {
    return describedNative(this, format, schema) ?? this;
  }

  copy(message: unknown): MessageCopy | undefined {
    try {
      const copy = nativeCopy(message, format, false);
      return hasNul(copy.value) ? undefined : { value: copy.value, mostBytes: copy.mostBytes + 64 };
    } catch {
      // Who encodes it is told why.
      return undefined;
    }
  }
}

function isDocument(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return !isWrapped(value as Record<string, unknown>);
}

function isWrapped(document: Record<string, unknown>): boolean {
  return Object.hasOwn(document, wrapper) && Object.keys(document).length === 1;
}

/** The library takes an object with a field `_bsontype` for one of its own. Of a map it looks at the entries alone. */
function forLibrary(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = forLibrary(value[i]);
    return value;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const fields = value as Record<string, unknown>;
  for (const key of Object.keys(fields)) fields[key] = forLibrary(fields[key]);
  return Object.hasOwn(fields, '_bsontype') ? new Map(Object.entries(fields)) : fields;
}

/** Names end with a zero byte in BSON, so none has one in it: the library refuses such a message. */
function hasNul(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasNul);
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.entries(value).some(([key, each]) => key.includes('\0') || hasNul(each));
}
