/**
 * How entries lie in the file. Numbers are doubles, the most significant byte first: those that are not negative sort as
 * bytes as they do as numbers.
 *
 * - `entries`: key -> version, time of expiry (infinite: none), value
 * - `expiries`: time of expiry, key -> nothing
 * - `journal`: version -> what happened, key; the last {@link journalLength} changes, for whoever watches
 * - `state`: the last version, the latest time; the clock
 */
export const journalLength = 10_000;

const numberBytes = 8;
const headBytes = 2 * numberBytes;

export interface RawEntry {
  readonly version: number;
  readonly expiresAt: number;
  readonly value: Uint8Array;
}

export function encodeEntry({ version, expiresAt, value }: RawEntry): Buffer {
  const bytes = Buffer.allocUnsafe(headBytes + value.byteLength);
  bytes.writeDoubleBE(version, 0);
  bytes.writeDoubleBE(expiresAt, numberBytes);
  bytes.set(value, headBytes);
  return bytes;
}

/** @param bytes Its own; the value shares them. */
export function decodeEntry(bytes: Buffer): RawEntry {
  return {
    version: bytes.readDoubleBE(0),
    expiresAt: bytes.readDoubleBE(numberBytes),
    value: new Uint8Array(bytes.buffer, bytes.byteOffset + headBytes, bytes.byteLength - headBytes),
  };
}

export function encodeNumber(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(numberBytes);
  bytes.writeDoubleBE(value, 0);
  return bytes;
}

export function encodeExpiry(at: number, key: Buffer): Buffer {
  return Buffer.concat([encodeNumber(at), key]);
}

export function decodeExpiry(bytes: Buffer): { readonly at: number; readonly key: Buffer } {
  return { at: bytes.readDoubleBE(0), key: bytes.subarray(numberBytes) };
}

const kinds = ['put', 'delete', 'expired'] as const;

export type Kind = (typeof kinds)[number];

export function encodeRecord(kind: Kind, key: Buffer): Buffer {
  return Buffer.concat([Buffer.of(kinds.indexOf(kind)), key]);
}

export function decodeRecord(bytes: Buffer): { readonly kind: Kind; readonly key: string } {
  return { kind: kinds[bytes[0]!]!, key: bytes.toString('utf8', 1) };
}

/** Where the journal and time have come to. */
export interface State {
  readonly lastVersion: number;
  readonly latest: number;
}

export function encodeState({ lastVersion, latest }: State): Buffer {
  return Buffer.concat([encodeNumber(lastVersion), encodeNumber(latest)]);
}

export function decodeState(bytes: Buffer | undefined): State {
  return bytes
    ? { lastVersion: bytes.readDoubleBE(0), latest: bytes.readDoubleBE(numberBytes) }
    : { lastVersion: 0, latest: 0 };
}
