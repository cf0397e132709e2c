import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WireError } from '../errors/wire.js';
import { chooseCoding, compress, leastCompressed } from './compress.js';
import { httpStatus } from './http-status.js';
import { problemBody, problemOf, problemType } from './problem.js';

/** Sent along with what may succeed when it is tried again: as long as a restarted node needs, in seconds. */
const retryAfter = '1';

/** How whole bodies are sent. */
export class HttpReplies {
  /** @param compression Whether large ones are compressed for clients that ask for it. */
  constructor(private readonly compression: boolean) {}

  /** A handler's reply. */
  send(
    request: IncomingMessage,
    response: ServerResponse,
    contentType: string,
    payload: Uint8Array | undefined,
    traceId: string,
  ): void {
    const body = payload ?? nothing;
    const large = this.compression && body.length >= leastCompressed;
    const coding = large ? chooseCoding(request.headers['accept-encoding']) : undefined;
    if (!coding) {
      const headers = ['content-type', contentType, 'content-length', String(body.length), 'x-request-id', traceId];
      if (large) headers.push('vary', 'accept-encoding');
      endWith(begin(request, response, 200, headers), body);
      return;
    }
    compress(coding, body, (compressed, coded) => {
      if (response.destroyed) return;
      const headers = [
        'content-type',
        contentType,
        'content-length',
        String(compressed.length),
        'x-request-id',
        traceId,
      ];
      headers.push('vary', 'accept-encoding');
      if (coded) headers.push('content-encoding', coding);
      begin(request, response, 200, headers).end(compressed);
    });
  }

  /** @param status Default: what the error's code and status stand for. */
  fail(
    request: IncomingMessage,
    response: ServerResponse,
    error: WireError,
    traceId?: string,
    status = httpStatus(error),
  ): void {
    if (response.headersSent || response.destroyed) return;
    const body = problemBody(problemOf(error, status, traceId ?? error.traceId));
    const headers = ['content-type', problemType, 'content-length', String(body.length)];
    if (traceId) headers.push('x-request-id', traceId);
    if (error.retryable && (status === 429 || status === 503)) headers.push('retry-after', retryAfter);
    endWith(begin(request, response, status, headers), body);
  }
}

const nothing = Buffer.alloc(0);

/** Up to here copying the body into the head's text costs less than another piece for the system to send. */
const mostInOnePiece = 16 * 1024;

/** Node puts the head and a text into one piece. In Latin-1 each byte is a character, so the bytes stay what they are. */
function endWith(response: ServerResponse, body: Uint8Array): void {
  if (body.length > mostInOnePiece) response.end(body);
  else response.end(asBuffer(body).toString('latin1'), 'latin1');
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Writes the head of a response. What a client still sends is read and dropped where that is little; otherwise the connection ends. */
function begin(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  headers: string[],
): ServerResponse {
  if (!request.complete && hasBody(request) && !isShort(request)) response.shouldKeepAlive = false;
  return response.writeHead(status, headers);
}

/** Whether a body follows the headers. Only afterwards does node say that a request without one is complete. */
export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return (length !== undefined && length !== '0') || headers['transfer-encoding'] !== undefined;
}

function isShort({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] === undefined && Number(headers['content-length']) <= mostDropped;
}

/** In bytes: a new connection costs more. */
const mostDropped = 64 * 1024;
