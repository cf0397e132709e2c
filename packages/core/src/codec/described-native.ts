import type { JsonSchema } from '../schema/json-schema.js';
import { converterBySchema, type Leaves } from './by-schema.js';
import type { MessageCodec } from './codec.js';
import type { NativeFormat } from './native-copy.js';
import { bigintFromText, bigintToText, bytesFromText, dateFromText } from './value-texts.js';

/**
 * The messages of a schema, in a binary format: what a number is, an integer or a `bigint`, is decided by the schema rather
 * than by how many bytes it has; a `bigint` of more than 64 bits is decimal text; and what somebody wrote as JSON has it, becomes what it is.
 */
export function describedNative(
  codec: Required<Pick<MessageCodec, 'encode' | 'decode' | 'copy'>>,
  { lowestBigint, highestBigint }: NativeFormat,
  schema: JsonSchema,
): MessageCodec | undefined {
  const fits = (value: bigint): boolean => value >= lowestBigint && value <= highestBigint;
  const bigint = (value: unknown): unknown => (typeof value === 'bigint' && !fits(value) ? bigintToText(value) : value);
  const write = converterBySchema(schema, { bigint }, 'copy') ?? same;
  const revive = converterBySchema(schema, read, 'in place');
  if (!revive) return undefined;
  return {
    encode: (message) => codec.encode(write(message)),
    decode: (bytes) => revive(codec.decode(bytes)),
    copy(message) {
      const copy = codec.copy(write(message));
      return copy && { value: revive(copy.value), mostBytes: copy.mostBytes };
    },
  };
}

const read: Leaves = {
  date: dateFromText,
  bigint: bigintFromText,
  bytes: bytesFromText,
  number: (value) => (typeof value === 'bigint' && isSafe(value) ? Number(value) : value),
};

function same(message: unknown): unknown {
  return message;
}

const most = BigInt(Number.MAX_SAFE_INTEGER);

function isSafe(value: bigint): boolean {
  return value <= most && value >= -most;
}
