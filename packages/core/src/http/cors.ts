import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CorsOptions } from './http-options.js';

const ownHeaders = [
  ...['content-type', 'accept', 'x-timeout-ms', 'idempotency-key', 'traceparent', 'tracestate', 'baggage'],
  'last-event-id',
];
const ownExposed = ['x-request-id', 'retry-after'];

/**
 * Which pages may call (the Fetch standard's CORS). A page of a foreign origin can send some requests without being asked
 * whether it may, and only then is kept from reading the answer; what such a request does is done. So those are turned away.
 */
export class Cors {
  private readonly origins: ReadonlySet<string>;

  constructor(private readonly options: CorsOptions = { origins: [] }) {
    this.origins = new Set(options.origins);
  }

  /**
   * Whether a request of a page may go on; then its response has what the browser wants to see. A preflight is answered here.
   *
   * @param origin Of the page; `null` where the browser hides it.
   */
  admits(request: IncomingMessage, response: ServerResponse, origin: string): boolean {
    if (!this.allows(origin)) return isSame(origin, request.headers.host);
    const { credentials, headers = [], exposed = [], maxAgeSeconds = 600 } = this.options;
    response.setHeader('access-control-allow-origin', this.origins.has('*') ? '*' : origin);
    response.setHeader('vary', 'origin');
    if (credentials) response.setHeader('access-control-allow-credentials', 'true');
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) {
      response.setHeader('access-control-expose-headers', [...ownExposed, ...exposed].join(', '));
      return true;
    }
    const wanted = (request.headers['access-control-request-headers'] ?? '')
      .split(',')
      .map((each) => each.trim().toLowerCase());
    const metadata = wanted.filter((each) => /^x-meta-[a-z0-9._-]+$/.test(each));
    response.writeHead(204, [
      ...['access-control-allow-methods', 'GET, HEAD, POST'],
      ...['access-control-allow-headers', [...ownHeaders, ...headers, ...metadata].join(', ')],
      ...['access-control-max-age', String(maxAgeSeconds)],
    ]);
    response.end();
    return true;
  }

  allows(origin: string): boolean {
    return this.origins.has('*') || this.origins.has(origin);
  }
}

/** Whether a page is this server's own, as far as the browser says. */
export function isSame(origin: string, host: string | undefined): boolean {
  const at = origin.indexOf('://');
  return at > 0 && host !== undefined && origin.slice(at + 3).toLowerCase() === host.toLowerCase();
}
