import type { JsonSchema } from '../schema/json-schema.js';
import { converterBySchema } from './by-schema.js';
import type { MessageCodec, MessageCopy } from './codec.js';
import { bigintFromText, bigintToText, bytesFromText, bytesToText, dateFromText, dateToText } from './value-texts.js';

const written = { date: dateToText, bigint: bigintToText, bytes: bytesToText };
const read = { date: dateFromText, bigint: bigintFromText, bytes: bytesFromText };

/**
 * JSON of messages whose schema has values that JSON has not: a `Date` is its ISO text there, a `bigint` its decimal text, bytes
 * are base64. `undefined` for schemas without any.
 */
export function describedJson(
  json: Required<Pick<MessageCodec, 'encode' | 'decode' | 'copy'>>,
  schema: JsonSchema,
): MessageCodec | undefined {
  const write = converterBySchema(schema, written, 'copy');
  const revive = converterBySchema(schema, read, 'in place');
  if (!write || !revive) return undefined;
  return {
    encode: (message) => json.encode(write(message)),
    decode: (bytes) => revive(json.decode(bytes)),
    copy(message): MessageCopy | undefined {
      const copy = json.copy(write(message));
      return copy && { value: revive(copy.value), mostBytes: copy.mostBytes };
    },
  };
}
