import type { WireError } from '../errors/wire.js';
import type { Endpoint } from '../server/endpoint.js';
import type { ProtocolHost } from '../server/protocol.js';
import { httpRefusal } from './http-refusal.js';

/** `/service/handler`. */
export function pathOf({ service, handler }: Endpoint): string {
  return `/${service}/${handler.name}`;
}

/** Finds handlers by path. */
export class EndpointPaths {
  private readonly byPath: ReadonlyMap<string, Endpoint>;

  constructor(private readonly host: ProtocolHost) {
    this.byPath = new Map(host.endpoints.map((endpoint) => [pathOf(endpoint), endpoint]));
  }

  /** @param path As it is in the request: names need no escapes, but may have them. */
  find(path: string): Endpoint | undefined {
    const endpoint = this.byPath.get(path);
    if (endpoint || !path.includes('%')) return endpoint;
    try {
      return this.byPath.get(decodeURIComponent(path));
    } catch {
      return undefined;
    }
  }

  /** What requests of a path are told that nothing has. */
  missing(path: string): WireError {
    const [service, handler, ...more] = path.slice(1).split('/');
    if (service && handler && more.length === 0) {
      const resolution = this.host.resolve(`${service}.${handler}`);
      if ('error' in resolution) return resolution.error;
    }
    return httpRefusal(
      'SKERRY_RPC_UNKNOWN_ENDPOINT',
      'nothing has this path: handlers are called by POST /<service>/<handler>, and GET / lists them',
    );
  }
}
