import { isUtf8 } from 'node:buffer';
import { SkerryError } from '../errors/skerry-error.js';
import type { JsonSchema } from '../schema/json-schema.js';
import type { Codec, MessageCodec, MessageCopy } from './codec.js';
import { describedJson } from './described-json.js';
import { copyJson } from './json-copy.js';

const deepest = 64;

/**
 * JSON (RFC 8259) in UTF-8. Encodes what `JSON.stringify` does, `undefined` as `null`. Decodes at most 64 levels; the keys
 * `__proto__` and `constructor` are dropped, of two equal keys the last one counts. Where a schema says that a value is a `Date`, a
 * `bigint` or bytes, it is text on the way, and becomes again what it was.
 */
export class JsonCodec implements Codec {
  readonly name = 'json';
  readonly contentType = 'application/json';

  encode(message: unknown): Uint8Array {
    let text: string | undefined;
    try {
      // A handler that replies nothing replies null: every message has bytes.
      text = JSON.stringify(message ?? null) as string | undefined;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : 'its toJSON() threw';
      throw new SkerryError('SKERRY_CODEC_ENCODE_FAILED', `cannot encode as JSON: ${reason}`, { cause });
    }
    if (text === undefined) {
      throw new SkerryError('SKERRY_CODEC_ENCODE_FAILED', `cannot encode as JSON: a ${typeof message} has no JSON`);
    }
    return Buffer.from(text);
  }

  forSchema(schema: JsonSchema): MessageCodec {
    return describedJson(this, schema) ?? this;
  }

  copy(message: unknown): MessageCopy | undefined {
    return copyJson(message, deepest);
  }

  decode(bytes: Uint8Array): unknown {
    const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // JSON.parse recurses: a million brackets block it for seconds, so depth is counted before.
    if (isTooDeep(buffer)) {
      throw new SkerryError('SKERRY_CODEC_DECODE_FAILED', `JSON is nested deeper than ${deepest} levels`);
    }
    // Decoding would put a replacement character where bytes are wrong, and two different keys could become one.
    if (!isUtf8(buffer)) throw new SkerryError('SKERRY_CODEC_DECODE_FAILED', 'JSON is not valid UTF-8');
    const text = buffer.toString();
    try {
      return suspicious.test(text) ? JSON.parse(text, withoutTraps) : JSON.parse(text);
    } catch (cause) {
      // The cause quotes from the message, which may hold secrets.
      throw new SkerryError('SKERRY_CODEC_DECODE_FAILED', `cannot decode ${buffer.length} bytes as JSON`, { cause });
    }
  }
}

// A key can be spelled with escapes; those of the letters in question begin so. They take the slower, careful path.
const suspicious = /__proto__|constructor|\\u00[567]/;

function withoutTraps(this: unknown, key: string, value: unknown): unknown {
  return key === '__proto__' || key === 'constructor' ? undefined : value;
}

const quote = 0x22;
const backslash = 0x5c;

function isTooDeep(bytes: Buffer): boolean {
  // Each level needs two bytes, so a short message cannot be deep: most are done here.
  if (bytes.length <= 2 * deepest) return false;
  let level = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === quote) {
      i = endOfString(bytes, i + 1);
    } else if (byte === 0x5b || byte === 0x7b) {
      if (++level > deepest) return true;
    } else if (byte === 0x5d || byte === 0x7d) {
      level--;
    }
  }
  return false;
}

function endOfString(bytes: Buffer, from: number): number {
  let end = bytes.indexOf(quote, from);
  while (end > 0) {
    let slashes = 0;
    while (bytes[end - 1 - slashes] === backslash) slashes++;
    if (slashes % 2 === 0) return end;
    end = bytes.indexOf(quote, end + 1);
  }
  return bytes.length;
}
