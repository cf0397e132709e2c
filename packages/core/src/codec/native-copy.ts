import { isBoxedPrimitive, isUint8Array } from 'node:util/types';
import { SkerryError } from '../errors/skerry-error.js';
import { isSafe } from './by-schema.js';
import type { MessageCopy } from './codec.js';

/** What a binary format can carry, of those that have numbers, dates and bytes of their own. */
export interface NativeFormat {
  /** For people: `MessagePack`. */
  readonly name: string;
  readonly lowestBigint: bigint;
  readonly highestBigint: bigint;
  /** Whether -0 is another number than 0. */
  readonly negativeZero: boolean;
}

const deepest = 64;

/**
 * A message as a binary codec writes it and its peer reads it: plain objects and lists, of texts, numbers, `bigint`s, dates, bytes.
 * It is made of what JSON would be made of, `toJSON` included, so that a message says the same in every codec; only what JSON
 * has no word for stays what it is.
 *
 * Throws `SKERRY_CODEC_ENCODE_FAILED` for what the format cannot carry, for circles, and for more than 64 levels.
 *
 * @param shareBytes Whether bytes may be those of the message: where they are written at once.
 */
export function nativeCopy(message: unknown, format: NativeFormat, shareBytes: boolean): MessageCopy {
  const copier = new Copier(format, shareBytes);
  const plain = resolved(message ?? null, '');
  if (isLeftOut(plain)) throw copier.refusal(`a ${typeof plain} has no ${format.name}`);
  const value = copier.copy(plain, 0);
  return { value, mostBytes: copier.bytes };
}

class Copier {
  /** At least as many as are needed: of a value, its head, and its key as well where it is one of a list. */
  bytes = 0;

  constructor(
    private readonly format: NativeFormat,
    private readonly shareBytes: boolean,
  ) {}

  /** @param value What {@link resolved} gave. */
  copy(value: unknown, depth: number): unknown {
    this.bytes += 20;
    switch (typeof value) {
      case 'string':
        return this.text(value);
      case 'number':
        return this.format.negativeZero ? value : value + 0;
      case 'bigint': {
        const { name, lowestBigint, highestBigint } = this.format;
        if (value >= lowestBigint && value <= highestBigint) return value;
        throw this.refusal(
          `a bigint of more than 64 bits has no ${name}, unless the class of the message says that it is one`,
        );
      }
      case 'object':
        return value === null ? null : this.object(value, depth);
      default:
        return value;
    }
  }

  refusal(why: string): SkerryError {
    return new SkerryError('SKERRY_CODEC_ENCODE_FAILED', `cannot encode as ${this.format.name}: ${why}`);
  }

  private text(value: string): string {
    this.bytes += value.length * 3;
    if (isWellFormed(value)) return value;
    throw this.refusal('half of a surrogate pair is no character of UTF-8');
  }

  private object(value: object, depth: number): unknown {
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : new Date(value.getTime());
    if (isUint8Array(value)) {
      this.bytes += value.length;
      // Not slice(): a Buffer's shares its memory.
      return this.shareBytes ? new Uint8Array(value.buffer, value.byteOffset, value.length) : new Uint8Array(value);
    }
    if (depth === deepest) throw this.refusal(`it is nested deeper than ${deepest} levels, or holds itself`);
    if (Array.isArray(value)) {
      return value.map((each, index) => {
        const plain = resolved(each, String(index));
        return isLeftOut(plain) ? this.copy(null, depth) : this.copy(plain, depth + 1);
      });
    }
    const copy: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      if (!isSafe(key)) continue;
      const plain = resolved((value as Record<string, unknown>)[key], key);
      if (!isLeftOut(plain)) copy[this.text(key)] = this.copy(plain, depth + 1);
    }
    return copy;
  }
}

/** What JSON writes in the place of a value; dates and bytes as they are. */
function resolved(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date || isUint8Array(value)) return value;
  if (isBoxedPrimitive(value)) return value.valueOf();
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON !== 'function') return value;
  try {
    return toJSON.call(value, key) as unknown;
  } catch (cause) {
    throw new SkerryError('SKERRY_CODEC_ENCODE_FAILED', 'cannot encode a message: its toJSON() threw', { cause });
  }
}

function isLeftOut(value: unknown): boolean {
  return value === undefined || typeof value === 'function' || typeof value === 'symbol';
}

// Later than the library that the compiler is told of.
function isWellFormed(value: string): boolean {
  return (value as string & { isWellFormed(): boolean }).isWellFormed();
}
