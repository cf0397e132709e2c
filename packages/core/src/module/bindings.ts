import type { Binding } from '../container/binding.js';
import type { ModuleGraph } from './graph.js';

/** What the container needs of a verified graph, each after what it needs. */
export function bindings(graph: ModuleGraph): Binding[] {
  return graph.providers.map((provider) => ({
    id: provider.id,
    label: provider.name,
    scope: provider.scope,
    create: provider.create,
    dependencies: provider.edges.map((edge) => edge.bound),
  }));
}
