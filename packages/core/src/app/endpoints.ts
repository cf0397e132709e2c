import type { Clock } from '../clock/clock.js';
import type { ProviderNode } from '../module/graph.js';
import type { Pipeline } from '../server/compose.js';
import { composeEndpoint, type Endpoint } from '../server/endpoint.js';
import { Limiter } from '../server/limiter.js';
import type { ServerEvents } from '../server/server-events.js';
import type { ServedProvider } from '../service/check.js';
import type { CallLimit } from '../service/definition.js';
import type { ErrorMapper, Guard, Interceptor } from '../service/pipeline.js';
import type { Stages } from '../service/stages.js';
import type { Instances } from './instances.js';

/** What endpoints are composed of besides their definitions. */
export interface EndpointGround {
  readonly instances: Instances;
  /** This start of the application. */
  readonly instance: string;
  readonly clock: Clock;
  readonly events: ServerEvents;
}

/** The handlers of all services of an application, each with its pipeline and its limits. */
export function composeEndpoints(served: readonly ServedProvider[], ground: EndpointGround): Endpoint[] {
  const { instances, instance, clock, events } = ground;
  const limiter = (name: string, limit: CallLimit | undefined): Limiter[] =>
    limit ? [new Limiter(name, limit, clock, events)] : [];
  return served.flatMap(({ provider, service, stages }) => {
    const owner = instances.owner(provider);
    const shared = limiter(service.name, service.limit);
    return service.handlers.map((handler) =>
      composeEndpoint(service, handler, {
        node: nodeId(service.name, instance),
        instance: owner,
        pipeline: pipelineOf(stages.get(handler)!, instances),
        limiters: [...limiter(`${service.name}.${handler.name}`, handler.limit), ...shared],
      }),
    );
  });
}

/** @param instance This start of the application: a restarted one is a new node. */
export function nodeId(service: string, instance: string): string {
  return `${service}-${instance}`;
}

export function pipelineOf({ guards, interceptors, errorMappers }: Stages, instances: Instances): Pipeline {
  const single = <T>(provider: ProviderNode): T => instances.owner(provider)() as T;
  return {
    guards: guards.map((each) => single<Guard>(each)),
    interceptors: interceptors.map((each) => single<Interceptor>(each)),
    errorMappers: errorMappers.map((each) => single<ErrorMapper>(each)),
  };
}
