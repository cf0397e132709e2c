import { SkerryError, type ErrorOrigin } from './skerry-error.js';
import { isStatus, type Status } from './status.js';
import { ValidationError } from './validation-error.js';

/** An error as it crosses a process: everything but its stack and its cause. */
export interface WireError {
  readonly code: string;
  readonly status: Status;
  readonly message: string;
  readonly retryable: boolean;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly origin?: ErrorOrigin;
  readonly traceId?: string;
}

/** A class that an error is revived as at the caller, found by its `code`. */
export interface ErrorClass {
  readonly code: string;
  readonly prototype: SkerryError;
}

const builtIn: readonly ErrorClass[] = [ValidationError];

/** The classes of these errors by code, Skerry's own included. */
export function errorClasses(own: readonly ErrorClass[] = []): ReadonlyMap<string, ErrorClass> {
  return new Map([...builtIn, ...own].map((each) => [each.code, each]));
}

/**
 * Prepares what a handler threw for its caller. A {@link SkerryError} crosses with its code, message and details;
 * anything else was not meant to be shown and crosses as `SKERRY_RPC_INTERNAL`, naming only where it happened.
 * The first origin stays: an error that passes through three services still says where it began.
 */
export function toWire(thrown: unknown, where: ErrorOrigin, traceId?: string): WireError {
  if (!SkerryError.is(thrown)) {
    return {
      code: 'SKERRY_RPC_INTERNAL',
      status: 'INTERNAL',
      message: `${where.service} failed unexpectedly; look for trace ${traceId ?? 'unknown'} in the log of node ${where.node}`,
      retryable: false,
      origin: where,
      ...(traceId ? { traceId } : {}),
    };
  }
  const trace = thrown.traceId ?? traceId;
  return {
    code: thrown.code,
    status: thrown.status,
    message: thrown.message,
    retryable: thrown.retryable,
    ...(Object.keys(thrown.details).length > 0 ? { details: thrown.details } : {}),
    origin: thrown.origin ?? where,
    ...(trace ? { traceId: trace } : {}),
  };
}

/** Revives an error from a peer, as its class where that is known. Peers are not trusted: every field is checked. */
export function fromWire(wire: unknown, classes: ReadonlyMap<string, ErrorClass>): SkerryError {
  const raw = isRecord(wire) ? wire : {};
  const code = typeof raw['code'] === 'string' ? raw['code'] : 'SKERRY_RPC_PROTOCOL';
  const message = typeof raw['message'] === 'string' ? raw['message'] : 'the peer sent an error without a message';
  const error = new SkerryError(code, message, {
    status: isStatus(raw['status']) ? raw['status'] : 'UNKNOWN',
    retryable: raw['retryable'] === true,
    details: isRecord(raw['details']) ? raw['details'] : {},
    origin: originOf(raw['origin']),
    ...(typeof raw['traceId'] === 'string' ? { traceId: raw['traceId'] } : {}),
  });
  const known = classes.get(code);
  // The class's constructor is not run: it takes the arguments of whoever threw, which did not cross.
  if (known) Object.setPrototypeOf(error, known.prototype);
  return error;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function originOf(value: unknown): ErrorOrigin | undefined {
  if (!isRecord(value)) return undefined;
  const { service, node } = value;
  return typeof service === 'string' && typeof node === 'string' ? { service, node } : undefined;
}
