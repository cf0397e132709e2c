/** One wrong field of a message: its path from the message's root, and one sentence for each rule that it breaks. */
export interface WrongField {
  readonly path: string;
  readonly messages: readonly string[];
}

export interface CallErrorOptions {
  readonly status?: string;
  readonly retryable?: boolean;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly origin?: { readonly service: string; readonly node: string };
  readonly traceId?: string;
  readonly cause?: unknown;
}

/** Why a call failed: what its handler threw, whole, or what kept it from being made. Core's `SkerryError.is` knows it too. */
export class CallError extends Error {
  override readonly name = 'CallError';
  /** Stable: programs compare it. Skerry's own begin with `SKERRY_`. */
  readonly code: string;
  /** A canonical gRPC status: `NOT_FOUND`, `UNAVAILABLE`, ... */
  readonly status: string;
  /** Whether sending the same call again may succeed, and is safe. */
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;
  /** Whose error it is, where it came from a service. */
  readonly origin?: { readonly service: string; readonly node: string };
  /** To look for in the logs of {@link origin}. */
  readonly traceId?: string;

  constructor(code: string, message: string, options: CallErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status ?? 'UNKNOWN';
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
    if (options.origin) this.origin = options.origin;
    if (options.traceId) this.traceId = options.traceId;
  }

  /** What was wrong with the message, for `SKERRY_VALIDATION_FAILED`; empty for others. */
  get fields(): readonly WrongField[] {
    const { fields } = this.details;
    return Array.isArray(fields) ? (fields as WrongField[]) : [];
  }
}

Object.defineProperty(CallError.prototype, Symbol.for('skerry.error'), { value: true });

/** Revives what an ERROR frame carries. */
export function errorOf(wire: unknown): CallError {
  const { code, message, status, retryable, details, origin, traceId } = (wire ?? {}) as Record<string, unknown>;
  return new CallError(text(code, 'SKERRY_RPC_PROTOCOL'), text(message, 'the server sent an error without a message'), {
    status: text(status, 'UNKNOWN'),
    retryable: retryable === true,
    ...(typeof details === 'object' && details !== null ? { details: details as Record<string, unknown> } : {}),
    ...(typeof origin === 'object' && origin !== null ? { origin: origin as { service: string; node: string } } : {}),
    ...(typeof traceId === 'string' ? { traceId } : {}),
  });
}

function text(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}
