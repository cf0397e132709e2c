import { deflate, gunzip, gzip, inflate } from 'node:zlib';

/** How messages are made smaller on their way. */
export type Compression = 'gzip' | 'deflate';

/** For `grpc-accept-encoding`. */
export const acceptedEncodings = 'identity,deflate,gzip';

export function isCompression(name: string | undefined): name is Compression {
  return name === 'gzip' || name === 'deflate';
}

/** The first of the encodings that a peer lists, and this side may use. */
export function acceptedBy(peer: string | undefined, wanted: Compression | undefined): Compression | undefined {
  if (!wanted || !peer) return undefined;
  return peer.split(',').some((each) => each.trim() === wanted) ? wanted : undefined;
}

type Done = (error: Error | undefined, bytes: Buffer) => void;
type Zlib = (bytes: Uint8Array, options: object, done: (error: Error | null, bytes: Buffer) => void) => void;

const compressors: Readonly<Record<Compression, Zlib>> = { gzip, deflate };
const decompressors: Readonly<Record<Compression, Zlib>> = { gzip: gunzip, deflate: inflate };

export function compress(compression: Compression, bytes: Uint8Array, done: Done): void {
  compressors[compression](bytes, {}, (error, result) => done(error ?? undefined, result));
}

/** Ends with an error as soon as the result is larger than `mostBytes`: nothing beyond is made. */
export function decompress(compression: Compression, bytes: Uint8Array, mostBytes: number, done: Done): void {
  const options = { maxOutputLength: Math.max(mostBytes, 1) };
  decompressors[compression](bytes, options, (error, result) => done(error ?? undefined, result));
}

/** Whether it ended because of `mostBytes`. */
export function isTooLarge(error: Error): boolean {
  return (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
}
