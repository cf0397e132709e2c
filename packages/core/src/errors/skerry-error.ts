import { catalogue, isSkerryCode, type SkerryCode } from './catalogue.js';
import type { Status } from './status.js';

const brand = Symbol.for('skerry.error');

/** Where an error came from: the service, and the node of it, that raised it. */
export interface ErrorOrigin {
  readonly service: string;
  readonly node: string;
}

export interface SkerryErrorOptions {
  /** Default: the catalogue's for Skerry's codes, `UNKNOWN` for others. */
  status?: Status;
  /** Whether sending the same call again may succeed. Default: the catalogue's for Skerry's codes, `false` for others. */
  retryable?: boolean;
  /** Plain data that a program can act on; crosses the wire, so no secrets. Default: `{}`. */
  details?: Readonly<Record<string, unknown>>;
  /** What was caught. Stays in this process: it never crosses the wire. */
  cause?: unknown;
  origin?: ErrorOrigin;
  traceId?: string;
}

/**
 * The base of every error that Skerry raises or carries from one service to another. Throw one from a handler and the
 * caller catches it, whole. Extend it to give a failure of your own a class:
 *
 *     export class OutOfStock extends SkerryError {
 *       static readonly code = 'OUT_OF_STOCK';
 *       constructor(sku: string) { super(OutOfStock.code, `${sku} is out of stock`, { status: 'FAILED_PRECONDITION', details: { sku } }); }
 *     }
 *
 * and name it where the client is injected (`@InjectClient('stock', { errors: [OutOfStock] })`) to catch it by class.
 *
 * Tell one by {@link SkerryError.is}, which also knows one from another copy of this package.
 */
export class SkerryError extends Error {
  /** Stable: programs compare it. `SKERRY_<AREA>_<REASON>` for Skerry's own. */
  readonly code: string;
  readonly status: Status;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;
  /** Set once the error has crossed a call. */
  readonly origin?: ErrorOrigin;
  /** The trace that the failed call belonged to: look for it in the logs of {@link origin}. */
  readonly traceId?: string;

  constructor(code: SkerryCode | (string & {}), message: string, options: SkerryErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    const known = isSkerryCode(code) ? catalogue[code] : undefined;
    this.code = code;
    this.status = options.status ?? known?.status ?? 'UNKNOWN';
    this.retryable = options.retryable ?? known?.retryable ?? false;
    this.details = options.details ?? {};
    if (options.origin) this.origin = options.origin;
    if (options.traceId) this.traceId = options.traceId;
  }

  /**
   * `instanceof`, also true for an error of a second copy of this package in the same process.
   *
   * @param code Only for an error of this code.
   */
  static is(value: unknown): value is SkerryError;
  static is<C extends string>(value: unknown, code: C): value is SkerryError & { readonly code: C };
  static is(value: unknown, code?: string): boolean {
    if (typeof value !== 'object' || value === null || !(brand in value)) return false;
    return code === undefined || (value as { code?: unknown }).code === code;
  }

  /** The error itself when it is one; otherwise `SKERRY_RPC_INTERNAL` with the value as its cause. Never throws. */
  static from(value: unknown): SkerryError {
    if (SkerryError.is(value)) return value;
    return new SkerryError('SKERRY_RPC_INTERNAL', catalogue.SKERRY_RPC_INTERNAL.summary, { cause: value });
  }

  /** What `JSON.stringify` shows: no stack, no cause. */
  toJSON(): Record<string, unknown> {
    const { code, status, message, retryable, details, origin, traceId } = this;
    return { code, status, message, retryable, details, origin, traceId };
  }
}

Object.defineProperty(SkerryError.prototype, brand, { value: true });
// On the prototype, as Error's own is: an own property would show in every printed error.
Object.defineProperty(SkerryError.prototype, 'name', {
  configurable: true,
  get(this: SkerryError): string {
    return `${this.constructor.name} ${this.code ?? ''}`.trimEnd();
  },
});
