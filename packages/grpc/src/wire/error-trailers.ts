import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';
import type { Status, WireError } from '@skerry/core';
import { decodeRpcStatus, encodeRpcStatus } from './rpc-status.js';
import { codeOf, decodeMessage, encodeMessage, statusOf } from './status.js';

/** A `WireError` as JSON, in base64: for callers that revive it whole. */
const wholeError = 'skerry-error-bin';
const details = 'grpc-status-details-bin';
// Callers refuse trailers of more than 8 KiB, all of them together.
const mostWholeBytes = 3 * 1024;
const mostMessageLength = 1_000;

/**
 * What a failure is told by.
 *
 * @param started Whether work was begun.
 * @param whole   The caller is one of Skerry's.
 */
export function errorTrailers(error: WireError, started: boolean, whole: boolean): OutgoingHttpHeaders {
  const trailers: OutgoingHttpHeaders = {
    'grpc-status': String(codeOf(error.status)),
    'grpc-message': encodeMessage(error.message.slice(0, mostMessageLength)),
  };
  if (whole) trailers[wholeError] = wholeText(error, started);
  else trailers[details] = encodeRpcStatus(error).toString('base64');
  return trailers;
}

function wholeText(error: WireError, started: boolean): string {
  const told = { ...error, ...(started ? {} : { started }) };
  let text: string | undefined;
  try {
    text = JSON.stringify(told);
  } catch {
    // Details that JSON cannot say.
  }
  if (text === undefined || text.length > mostWholeBytes) {
    text = JSON.stringify({ ...told, message: error.message.slice(0, mostMessageLength), details: undefined });
  }
  return Buffer.from(text).toString('base64');
}

/** What the end of a call says: nothing failed, or this did. */
export type Ending = { readonly ok: true } | { readonly ok: false; readonly wire: unknown; readonly started: boolean };

const success: Ending = { ok: true };

/** Reads the trailers of a call; a peer is not trusted. */
export function endingOf(trailers: IncomingHttpHeaders): Ending {
  const number = trailers['grpc-status'];
  if (number === '0') return success;
  if (typeof number !== 'string' || !/^\d{1,5}$/.test(number)) {
    return failure('INTERNAL', 'SKERRY_RPC_PROTOCOL', 'the peer ended the call without a grpc-status');
  }
  const whole = trailers[wholeError];
  if (typeof whole === 'string') {
    const told = parsed(whole);
    if (told) return { ok: false, wire: told, started: told['started'] !== false };
  }
  const status = statusOf(Number(number)) ?? 'UNKNOWN';
  const message = trailers['grpc-message'];
  return stranger(status, typeof message === 'string' ? decodeMessage(message) : '', trailers[details]);
}

export function failure(status: Status, code: string, message: string): Ending {
  return { ok: false, wire: { code, status, message, retryable: status === 'UNAVAILABLE' }, started: true };
}

function stranger(status: Status, message: string, encoded: string | string[] | undefined): Ending {
  const found = typeof encoded === 'string' ? decodeRpcStatus(Buffer.from(encoded, 'base64')) : undefined;
  const { reason, domain, metadata, fields, retryAfterMs } = found ?? {};
  const wire = {
    code: reason ?? status,
    status,
    message: message || `the peer answered ${status}`,
    retryable: status === 'UNAVAILABLE' || retryAfterMs !== undefined,
    details: {
      ...metadata,
      ...(domain ? { domain } : {}),
      ...(fields ? { fields } : {}),
      ...(retryAfterMs ? { retryAfterMs } : {}),
    },
  };
  return { ok: false, wire, started: true };
}

function parsed(base64: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64, 'base64').toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
