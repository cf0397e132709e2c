import type { ServiceDefinition } from '@skerry/core';
import type { ProtoService } from './proto-service.js';

interface Described {
  readonly description?: string;
}

/** The services of an application, as a `.proto` describes them; without those of Skerry's own parts. */
export function protoServices(services: readonly ServiceDefinition[]): ProtoService[] {
  return services
    .filter(({ name }) => !name.startsWith('skerry.'))
    .map((service) => ({
      name: service.name,
      description: (service as Described).description,
      handlers: service.handlers.map((handler) => ({
        ...{ name: handler.name, kind: handler.kind, description: (handler as Described).description },
        ...{ request: handler.schemas.request, reply: handler.schemas.reply },
      })),
    }));
}
