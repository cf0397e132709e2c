import { isUint8Array } from 'node:util/types';

/*
 * How JSON writes the values that it has no word for, and how all codecs read them where somebody wrote JSON's form: a person at a
 * terminal, for example. What is not of the form is given back as it is.
 */

// What `toISOString` writes, and its relatives: with an offset, without a fraction, a day alone.
const isoDate = /^(?:\d{4}|[+-]\d{6})-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;
const decimal = /^-?\d+$/;
/** Reading a number takes more than time in proportion to its digits. */
const mostDigits = 1_000;
const mostValue = 10n ** BigInt(mostDigits);
const base64 = /^[\w+/-]*={0,2}$/;

export function dateFromText(value: unknown): unknown {
  if (typeof value !== 'string' || value.length > 40 || !isoDate.test(value)) return value;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? value : date;
}

export function dateToText(value: unknown): unknown {
  return value instanceof Date ? (Number.isNaN(value.getTime()) ? null : value.toISOString()) : value;
}

export function bigintFromText(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  return typeof value === 'string' && value.length <= mostDigits && decimal.test(value) ? BigInt(value) : value;
}

/** Those that could not be read again stay what they are, which no codec can write. */
export function bigintToText(value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  return value < mostValue && -value < mostValue / 10n ? value.toString() : value;
}

/** Of base64 and base64url, with or without padding. The bytes share nothing. */
export function bytesFromText(value: unknown): unknown {
  if (typeof value !== 'string' || !base64.test(value)) return value;
  const digits = value.length - (value.endsWith('==') ? 2 : value.endsWith('=') ? 1 : 0);
  if (digits % 4 === 1 || (digits < value.length && value.length % 4 !== 0)) return value;
  return new Uint8Array(Buffer.from(value, 'base64'));
}

export function bytesToText(value: unknown): unknown {
  if (!isUint8Array(value)) return value;
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
}
