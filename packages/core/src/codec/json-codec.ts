import { SkerryError } from '../errors/skerry-error.js';
import type { Codec } from './codec.js';

const deepest = 64;

/** JSON (RFC 8259), at most 64 levels deep. The keys `__proto__` and `constructor` are dropped. */
export class JsonCodec implements Codec {
  readonly name = 'json';
  readonly contentType = 'application/json';

  encode(message: unknown): Uint8Array {
    try {
      // A handler that replies nothing replies null: every message has bytes.
      return Buffer.from(JSON.stringify(message ?? null));
    } catch (cause) {
      throw new SkerryError('SKERRY_CODEC_ENCODE_FAILED', `cannot encode as JSON: ${(cause as Error).message}`, {
        cause,
      });
    }
  }

  decode(bytes: Uint8Array): unknown {
    const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // JSON.parse recurses: a million brackets block it for seconds, so depth is counted before.
    if (depth(buffer) > deepest) {
      throw new SkerryError('SKERRY_CODEC_DECODE_FAILED', `JSON is nested deeper than ${deepest} levels`);
    }
    const text = buffer.toString();
    try {
      return suspicious.test(text) ? JSON.parse(text, withoutTraps) : JSON.parse(text);
    } catch (cause) {
      throw new SkerryError('SKERRY_CODEC_DECODE_FAILED', `not JSON: ${(cause as Error).message}`, { cause });
    }
  }
}

// Keys can be spelled with escapes, so any \u sends a message down the slower, careful path.
const suspicious = /__proto__|constructor|\\u/;

function withoutTraps(this: unknown, key: string, value: unknown): unknown {
  return key === '__proto__' || key === 'constructor' ? undefined : value;
}

const quote = 0x22;
const backslash = 0x5c;

function depth(bytes: Buffer): number {
  // Each level needs two bytes, so a short message cannot be deep: most are done here.
  if (bytes.length <= 2 * deepest) return 0;
  let level = 0;
  let max = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === quote) {
      i = endOfString(bytes, i + 1);
    } else if (byte === 0x5b || byte === 0x7b) {
      if (++level > max) max = level;
    } else if (byte === 0x5d || byte === 0x7d) {
      level--;
    }
  }
  return max;
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
