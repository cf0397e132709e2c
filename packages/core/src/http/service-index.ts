import { takesMany } from '../service/definition.js';
import type { ProtocolHost } from '../server/protocol.js';
import { pathOf } from './endpoint-paths.js';
import type { HttpRoute } from './http-route.js';

/** `GET /`: what there is to call, for people and for probes. */
export function serviceIndex({ endpoints }: ProtocolHost): HttpRoute {
  const services: Record<string, unknown[]> = {};
  for (const endpoint of endpoints) {
    const { name, kind, readOnly } = endpoint.handler;
    if (kind === 'bidirectional') continue;
    const methods = readOnly && !takesMany(kind) ? ['GET', 'POST'] : ['POST'];
    (services[endpoint.service] ??= []).push({ name, kind, methods, path: pathOf(endpoint) });
  }
  const body = Buffer.from(
    JSON.stringify({ services: Object.entries(services).map(([name, handlers]) => ({ name, handlers })) }),
  );
  return {
    path: '/',
    handle: (request, response) => {
      if (request.method === 'GET' || request.method === 'HEAD') {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
      } else {
        response.writeHead(405, { allow: 'GET, HEAD', 'content-length': 0 }).end();
      }
    },
  };
}
