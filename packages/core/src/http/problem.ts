import { STATUS_CODES } from 'node:http';
import { catalogue, isSkerryCode } from '../errors/catalogue.js';
import type { WireError } from '../errors/wire.js';
import { httpStatus } from './http-status.js';

/** An error as HTTP tells it (RFC 9457), `application/problem+json`. */
export interface HttpProblem {
  /** Names the kind of error; not to be fetched. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Stable: programs compare it. */
  readonly code: string;
  /** The status that all protocols share: `PERMISSION_DENIED`. */
  readonly statusName: string;
  readonly retryable: boolean;
  /** What is wrong with the message, field by field. */
  readonly fields?: unknown;
  /** The other details of the error. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly origin?: WireError['origin'];
  readonly traceId?: string;
}

export const problemType = 'application/problem+json';

export function problemOf(error: WireError, status = httpStatus(error), traceId = error.traceId): HttpProblem {
  const { code, message, retryable, origin } = error;
  const { fields, ...details } = error.details ?? {};
  return {
    type: `urn:skerry:error:${encodeURIComponent(code)}`,
    title: isSkerryCode(code) ? catalogue[code].summary : (STATUS_CODES[status] ?? 'Error'),
    status,
    detail: message,
    code,
    statusName: error.status,
    retryable,
    ...(fields === undefined ? {} : { fields }),
    ...(Object.keys(details).length > 0 ? { details } : {}),
    ...(origin ? { origin } : {}),
    ...(traceId ? { traceId } : {}),
  };
}

/** The body of a problem. What the details hold may have no JSON; then it is told without them. */
export function problemBody(problem: HttpProblem): Buffer {
  try {
    return Buffer.from(JSON.stringify(problem));
  } catch {
    const { details: _details, fields: _fields, ...rest } = problem;
    return Buffer.from(JSON.stringify(rest));
  }
}
