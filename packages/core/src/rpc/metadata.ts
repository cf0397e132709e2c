import { isUtf8 } from 'node:buffer';
import { SkerryError } from '../errors/skerry-error.js';
import { maxMetadataBytes, maxMetadataEntries } from './protocol.js';

export type MetadataPairs = Readonly<Record<string, string>>;

/**
 * What metadata takes in a frame: u16 count, then for each entry u16 length, key, u16 length, value, in UTF-8. An error
 * when it is beyond its limits.
 */
export function metadataBytes(metadata: MetadataPairs): number | SkerryError {
  const keys = Object.keys(metadata);
  let text = 0;
  for (const key of keys) text += Buffer.byteLength(key) + Buffer.byteLength(metadata[key]!);
  if (keys.length <= maxMetadataEntries && text <= maxMetadataBytes) return 2 + 4 * keys.length + text;
  return new SkerryError(
    'SKERRY_TRANSPORT_FRAME_TOO_LARGE',
    `cannot send metadata of ${keys.length} entries and ${text} bytes: the limits are ${maxMetadataEntries} entries ` +
      `and ${maxMetadataBytes} bytes; send what is large as a message`,
  );
}

/** Writes metadata whose {@link metadataBytes} are reserved. Returns the offset after it. */
export function writeMetadata(frame: Buffer, at: number, metadata: MetadataPairs): number {
  const keys = Object.keys(metadata);
  at = frame.writeUInt16BE(keys.length, at);
  for (const key of keys) at = writeText(frame, writeText(frame, at, key), metadata[key]!);
  return at;
}

/** Reads metadata from `at`; where it is malformed or beyond its limits, says so. */
export function decodeMetadata(bytes: Buffer, at: number): { pairs: MetadataPairs; end: number } | string {
  if (bytes.length < at + 2) return cutShort;
  const count = bytes.readUInt16BE(at);
  if (count > maxMetadataEntries) return `its metadata has ${count} entries, at most ${maxMetadataEntries} are allowed`;
  // Without a prototype, so that a key like __proto__ is a key.
  const pairs = Object.create(null) as Record<string, string>;
  let end = at + 2;
  for (let i = 0; i < count; i++) {
    const key = readText(bytes, end);
    if (key === undefined) return cutShort;
    const value = readText(bytes, key.end);
    if (value === undefined) return cutShort;
    end = value.end;
    if (end - at - 2 - 4 * (i + 1) > maxMetadataBytes) return `its metadata is larger than ${maxMetadataBytes} bytes`;
    if (key.text === undefined || value.text === undefined) return 'its metadata is no UTF-8';
    pairs[key.text] = value.text;
  }
  return { pairs, end };
}

const cutShort = 'its OPEN is cut short in the metadata';
const replacement = '\ufffd';

function writeText(frame: Buffer, at: number, text: string): number {
  const length = frame.write(text, at + 2);
  frame.writeUInt16BE(length, at);
  return at + 2 + length;
}

function readText(bytes: Buffer, at: number): { text: string | undefined; end: number } | undefined {
  if (bytes.length < at + 2) return undefined;
  const from = at + 2;
  const end = from + bytes.readUInt16BE(at);
  if (bytes.length < end) return undefined;
  const text = bytes.toString('utf8', from, end);
  // Decoding puts the replacement character where the bytes are no UTF-8; only then is it worth looking closer.
  const intact = !text.includes(replacement) || isUtf8(bytes.subarray(from, end));
  return { text: intact ? text : undefined, end };
}
