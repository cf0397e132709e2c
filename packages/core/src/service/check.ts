import { isClass, type Class } from '../container/token.js';
import { place } from '../module/explain.js';
import type { ProviderNode } from '../module/graph.js';
import type { Problem } from '../module/problem.js';
import type { CheckedGraph } from '../module/verify.js';
import { defineService, type DefinitionFault, type ServiceDefinition } from './definition.js';
import { declaredHandlers } from './handler.js';
import { declaredService } from './service.js';
import { declaredSubscriptions } from './subscribe.js';
import { StageFinder, type Staged, type Stages } from './stages.js';

/** A service of the application, and the provider that makes it. */
export interface ServedProvider {
  readonly provider: ProviderNode;
  readonly service: ServiceDefinition;
  /** What stands before each of its handlers and subscriptions. */
  readonly stages: ReadonlyMap<Staged, Stages>;
}

/** The services among the providers, with everything that is wrong with them. */
export function findServices(graph: CheckedGraph): { served: ServedProvider[]; problems: Problem[] } {
  const served: ServedProvider[] = [];
  const problems: Problem[] = [];
  const finder = new StageFinder(graph, problems);
  for (const provider of graph.providers) {
    const type = servedClass(provider);
    if (!type) continue;
    if (!declaredService(type)) {
      problems.push(withoutService(provider, type));
      continue;
    }
    const { service, faults } = defineService(type);
    problems.push(...faults.map((fault) => faulty(provider, fault)));
    const twin = served.find((each) => each.service.name === service.name);
    if (twin) problems.push(duplicate(provider, twin, service.name));
    else served.push({ provider, service, stages: finder.of(provider, service) });
  }
  return { served, problems };
}

/** The class whose handlers a provider serves: also when a test put a double in its place under the same token. */
function servedClass(provider: ProviderNode): Class | undefined {
  const candidates = [provider.type, isClass(provider.token) ? provider.token : undefined];
  return candidates.find(
    (each) => each && (declaredService(each) || declaredHandlers(each).length + declaredSubscriptions(each).length > 0),
  );
}

function faulty(provider: ProviderNode, fault: DefinitionFault): Problem {
  const what = fault.handler ? `${provider.name}.${fault.handler}` : provider.name;
  return {
    code: fault.handler ? 'SKERRY_HANDLER_INVALID' : 'SKERRY_SERVICE_INVALID',
    message: `Cannot serve ${what}: ${fault.message}.`,
    ...place(provider),
    path: [...provider.module.path, provider.name],
    found: [],
    ...(fault.cause ? { cause: fault.cause } : {}),
    fix: fault.fix,
  };
}

function withoutService(provider: ProviderNode, type: Class): Problem {
  const methods = [...declaredHandlers(type), ...declaredSubscriptions(type)].map(({ method }) => method);
  return {
    code: 'SKERRY_SERVICE_INVALID',
    message: `Cannot serve ${provider.name}: it has handlers (${methods.join(', ')}), but no @Service.`,
    ...place(provider),
    path: [...provider.module.path, provider.name],
    found: [],
    fix: `decorate the class: @Service('${type.name.toLowerCase()}')`,
  };
}

function duplicate(provider: ProviderNode, twin: ServedProvider, name: string): Problem {
  return {
    code: 'SKERRY_SERVICE_INVALID',
    message: `Cannot serve ${provider.name}: the application already has a service called '${name}'.`,
    ...place(provider),
    path: [...provider.module.path, provider.name],
    found: [`${twin.provider.name} in ${twin.provider.module.name} is called '${name}'`],
    fix: 'give one of them another name, or run them as two applications',
  };
}
