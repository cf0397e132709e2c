import type { IncomingMessage, ServerResponse } from 'node:http';
import { InjectionToken } from '../container/token.js';
import type { ProtocolHost } from '../server/protocol.js';

/** A path of the HTTP port that is no handler of a service: `/openapi.json`. */
export interface HttpRoute {
  /** Compared as it is, without the query. Goes before a handler of that path. */
  readonly path: string;

  /**
   * Answers a request, whatever its method. A throw, or a rejection, is answered as any unexpected failure. The body was not
   * read. Pages of foreign origins were turned away before, and what CORS needs is set.
   *
   */
  handle(request: IncomingMessage, response: ServerResponse, host: ProtocolHost): void | Promise<void>;
}

/** A multi-provider, one entry for each path. Of two for one path the last one counts. */
export const HTTP_ROUTES = new InjectionToken<readonly HttpRoute[]>('HTTP_ROUTES', {
  key: Symbol.for('skerry.http-routes'),
});
