import { SkerryError } from '@skerry/core';

/** Levels of messages within messages, counting the outermost; the same when writing and reading. */
export const deepest = 64;

/** Never quotes what was received, which may hold secrets. */
export function cannotDecode(reason: string): SkerryError {
  return new SkerryError('SKERRY_CODEC_DECODE_FAILED', `cannot decode as protobuf: ${reason}`);
}

/** @param where `HelloRequest.age`. Values are not quoted either. */
export function cannotEncode(where: string, reason: string): SkerryError {
  return new SkerryError('SKERRY_CODEC_ENCODE_FAILED', `cannot encode as protobuf: ${where} ${reason}`);
}

/** What a value is, for messages about it. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return 'a Date';
  if (value instanceof Uint8Array) return 'bytes';
  const type = typeof value;
  return type === 'undefined' ? 'undefined' : `${type === 'object' ? 'an' : 'a'} ${type}`;
}
