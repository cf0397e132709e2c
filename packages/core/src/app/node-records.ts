import type { EndpointRecord } from '../registry/node-record.js';
import type { NodeDescription } from '../registry/registry.js';
import type { ServiceDefinition } from '../service/definition.js';

/** How a service of this application describes itself to the registry. */
export function describeNode(service: ServiceDefinition, id: string, address: string): NodeDescription {
  return {
    service: service.name,
    id,
    version: service.version,
    addresses: { skerry: address },
    weight: 100,
    metadata: service.metadata,
    endpoints: service.handlers.map(({ name, kind, idempotent, request, reply }): EndpointRecord => ({
      name,
      kind,
      idempotent,
      ...(request ? { request: request.jsonSchema } : {}),
      ...(reply ? { reply: reply.jsonSchema } : {}),
    })),
  };
}
