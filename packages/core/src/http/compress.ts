import { brotliCompress, constants, gzip } from 'node:zlib';
import { choose } from './media-types.js';

/** Smaller bodies gain too little. */
export const leastCompressed = 1024;

const inOrder = ['br', 'gzip'] as const;
export type ContentCoding = (typeof inOrder)[number];

/** What a client wants a body compressed with; `undefined` for nothing. */
export function chooseCoding(acceptEncoding: string | string[] | undefined): ContentCoding | undefined {
  // What was not asked for is not sent, though the standard would allow it.
  if (typeof acceptEncoding !== 'string' || acceptEncoding === '') return undefined;
  return choose(acceptEncoding, inOrder);
}

/** Brotli's own default takes fifty times as long, for bodies that are sent once. */
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

/** Off the main thread. Gives the body itself where it cannot be compressed. */
export function compress(
  coding: ContentCoding,
  body: Uint8Array,
  done: (body: Uint8Array, coded: boolean) => void,
): void {
  const finish = (error: Error | null, result: Buffer): void => (error ? done(body, false) : done(result, true));
  if (coding === 'br') brotliCompress(body, brotliOptions, finish);
  else gzip(body, finish);
}

/** Whether a stream may be compressed: brotli gives back too little of what was just written to it. */
export function acceptsGzip(acceptEncoding: string | string[] | undefined): boolean {
  return typeof acceptEncoding === 'string' && acceptEncoding !== '' && choose(acceptEncoding, ['gzip']) !== undefined;
}
