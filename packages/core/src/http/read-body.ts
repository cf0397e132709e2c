import type { IncomingMessage } from 'node:http';
import { brotliDecompress, gunzip, inflate, type InputType, type ZlibOptions } from 'node:zlib';
import type { WireError } from '../errors/wire.js';
import { bodyTooLarge, httpRefusal, malformed } from './http-refusal.js';

type Inflate = (bytes: InputType, options: ZlibOptions, done: (error: Error | null, result: Buffer) => void) => void;

const encodings: Readonly<Record<string, Inflate>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate: inflate,
  br: brotliDecompress,
};

/**
 * Reads a whole body, uncompressed.
 *
 * @param limit Bytes that it may have, before and after it is uncompressed; a larger one is refused as soon as that is known.
 * @param done  Called once, at the earliest in a later turn, unless the client leaves before: then never.
 */
export function readBody(
  request: IncomingMessage,
  limit: number,
  done: (body: Buffer | undefined, error?: WireError) => void,
): void {
  const encoding = request.headers['content-encoding'];
  const uncompress = encoding === undefined || encoding === 'identity' ? undefined : encodings[encoding.toLowerCase()];
  if (encoding !== undefined && encoding !== 'identity' && !uncompress) {
    const known = Object.keys(encodings).join(', ');
    done(undefined, httpRefusal('SKERRY_CODEC_UNKNOWN', `the body's encoding is none of those known here: ${known}`));
    return;
  }
  let body: Buffer | undefined;
  let chunks: Buffer[] | undefined;
  let bytes = 0;
  const data = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > limit) {
      request.off('data', data).off('end', end);
      done(undefined, bodyTooLarge(limit));
      return;
    }
    // Nearly all bodies come in one piece.
    if (!body) body = chunk;
    else (chunks ??= [body]).push(chunk);
  };
  const end = (): void => {
    const whole = chunks ? Buffer.concat(chunks, bytes) : body;
    if (!whole || !uncompress) done(whole);
    else uncompressed(uncompress, whole, limit, done);
  };
  request.on('data', data).on('end', end);
}

function uncompressed(
  uncompress: Inflate,
  whole: Buffer,
  limit: number,
  done: (body: Buffer | undefined, error?: WireError) => void,
): void {
  uncompress(whole, { maxOutputLength: limit }, (error: NodeJS.ErrnoException | null, result) => {
    if (!error) done(result);
    else if (error.code === 'ERR_BUFFER_TOO_LARGE') done(undefined, bodyTooLarge(limit));
    else done(undefined, malformed('the body cannot be uncompressed'));
  });
}
