import { catalogue, type SkerryCode } from '../errors/catalogue.js';
import type { WireError } from '../errors/wire.js';

/** What a request is answered that is no call. Written out, not thrown: refusing must cost less than what it refuses. */
export function httpRefusal(code: SkerryCode, message: string, details?: Readonly<Record<string, unknown>>): WireError {
  const { status, retryable } = catalogue[code];
  return { code, status, retryable, message, ...(details ? { details } : {}) };
}

export function malformed(message: string): WireError {
  return httpRefusal('SKERRY_HTTP_REQUEST_INVALID', message);
}

export function bodyTooLarge(limit: number): WireError {
  return httpRefusal(
    'SKERRY_TRANSPORT_FRAME_TOO_LARGE',
    `the body is larger than the ${limit} bytes that a message may have; send it in parts, as a stream, or raise maxMessageBytes`,
    { limit },
  );
}

export function draining(): WireError {
  return httpRefusal('SKERRY_RPC_DRAINING', 'the node is shutting down and did not start the call; try another one');
}
