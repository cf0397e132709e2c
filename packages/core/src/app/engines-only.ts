import type { ModuleGraph, ModuleNode, ProviderNode } from '../module/graph.js';

/**
 * The part of an application by which it talks to others: Skerry's building blocks, on the engines that the application has
 * put in their place, and whatever these need. Its services are left out, and all that only they need.
 */
export function enginesOnly(graph: ModuleGraph): ModuleGraph {
  const kept = new Set<ProviderNode>();
  const keep = (provider: ProviderNode): void => {
    if (kept.has(provider)) return;
    kept.add(provider);
    // Lazy ones as well: whoever holds the reference may follow it.
    for (const { targets } of provider.edges) targets.forEach(keep);
  };
  for (const skerry of graph.modules.filter(({ builtIn }) => builtIn)) {
    for (const block of skerry.providers) {
      // What the application itself asks for is what its root sees.
      for (const asking of [skerry, graph.root]) seen(graph, asking, block).forEach(keep);
    }
  }
  return { ...graph, providers: graph.providers.filter((provider) => kept.has(provider)) };
}

function seen(graph: ModuleGraph, asking: ModuleNode, { token }: ProviderNode): readonly ProviderNode[] {
  const sight = graph.visibility.see(asking, token);
  if (sight.kind === 'one') return [sight.provider];
  return sight.kind === 'many' ? sight.providers : [];
}
