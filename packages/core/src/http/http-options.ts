import { SkerryError } from '../errors/skerry-error.js';
import { maxU32 } from '../rpc/protocol.js';

export interface HttpOptions {
  /** Whether HTTP is spoken on the port of the application at all. Default `true`. */
  readonly enabled?: boolean;
  /** Which pages of other origins may call, from a browser. Default: none. */
  readonly cors?: CorsOptions;
  /** Whether `/health/live` and `/health/ready` tell how the application is. Default `false`. */
  readonly health?: boolean;
  /** Whether `/openapi.json` describes the services of the application, as `skerry openapi` does. Default `false`. */
  readonly openapi?: boolean;
  /** Whether `/rpc` takes JSON-RPC. Default `true`. */
  readonly jsonRpc?: boolean;
  /** Calls that one JSON-RPC batch may hold. Default 100. */
  readonly maxBatch?: number;
  /** Whether replies of 1 KiB and more are compressed for clients that ask for it. Default `true`. */
  readonly compression?: boolean;
  /** Request line and headers, in bytes. Default 16 KiB. */
  readonly maxHeaderBytes?: number;
  /** How long a client may take to send a request's headers, in ms. Default 10,000. */
  readonly headerTimeoutMs?: number;
  /** How long a client may take to send the body after its headers, in ms; for a stream of messages: the next of it. Default 10,000. */
  readonly bodyTimeoutMs?: number;
  /** How long a client may leave unread what it was sent, in ms. Default 30,000. */
  readonly stallTimeoutMs?: number;
  /** How long a connection is kept between two requests, in ms. Default 65,000: longer than balancers keep theirs. */
  readonly keepAliveMs?: number;
  /** How long a call may take whose request has no `x-timeout-ms`, in ms; streams from a handler have no such limit. Default 5,000. */
  readonly timeoutMs?: number;
  /** The most that `x-timeout-ms` can ask for, in ms. Default: no limit. */
  readonly maxTimeoutMs?: number;
  /** When a silent event stream gets a comment, to keep proxies from closing it, in ms. Default 15,000. */
  readonly eventKeepAliveMs?: number;
}

export interface CorsOptions {
  /** As browsers send them: `https://shop.example`; or `*`, which is every page there is. */
  readonly origins: readonly string[];
  /** Whether pages may send cookies and the like; not with the origin `*`. Default `false`. */
  readonly credentials?: boolean;
  /** Request headers that pages may send besides those that Skerry reads. Default: none. */
  readonly headers?: readonly string[];
  /** Response headers that pages may read besides Skerry's. Default: none. */
  readonly exposed?: readonly string[];
  /** How long a browser may remember what it was allowed, in seconds. Default 600. */
  readonly maxAgeSeconds?: number;
}

export type ResolvedHttpOptions = Required<Omit<HttpOptions, 'cors'>> & { readonly cors?: CorsOptions };

const defaults = {
  enabled: true,
  health: false,
  openapi: false,
  jsonRpc: true,
  maxBatch: 100,
  compression: true,
  maxHeaderBytes: 16 * 1024,
  headerTimeoutMs: 10_000,
  bodyTimeoutMs: 10_000,
  stallTimeoutMs: 30_000,
  keepAliveMs: 65_000,
  timeoutMs: 5_000,
  maxTimeoutMs: maxU32 - 1,
  eventKeepAliveMs: 15_000,
};

/** Fills in what was left out. Throws `SKERRY_OPTION_INVALID` for what is not allowed. */
export function resolveHttpOptions(options: HttpOptions = {}): ResolvedHttpOptions {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if (name !== 'cors' && !Object.hasOwn(defaults, name)) throw invalid(`http.${name} is no option`);
    const expected = typeof defaults[name as keyof typeof defaults];
    if (name !== 'cors' && typeof value !== expected)
      throw invalid(`http.${name} is ${String(value)}; give a ${expected}`);
    if (expected === 'number' && !(Number.isInteger(value) && value > 0 && value <= maxU32)) {
      throw invalid(`http.${name} is ${String(value)}; give a whole number, more than 0`);
    }
  }
  if (options.cors) checkCors(options.cors);
  return { ...defaults, ...(Object.fromEntries(given) as HttpOptions) };
}

function checkCors({ origins, credentials }: CorsOptions): void {
  if (!Array.isArray(origins as unknown))
    throw invalid('http.cors has no list of origins; name them, or say [*] for all');
  for (const origin of origins) {
    if (origin === '*' || /^[a-z][a-z0-9+.-]*:\/\/[^/\s]+$/.test(origin)) continue;
    throw invalid(
      `http.cors has the origin '${origin}'; write it as browsers do, without a path: https://shop.example`,
    );
  }
  if (credentials && origins.includes('*')) {
    throw invalid('http.cors allows credentials to every page there is; name the origins');
  }
}

function invalid(message: string): SkerryError {
  return new SkerryError('SKERRY_OPTION_INVALID', `The application cannot be configured so: ${message}.`);
}
