import { lazily, place, slot, subject } from './explain.js';
import type { Edge, ProviderNode } from './graph.js';
import type { Problem } from './problem.js';

/** What an edge leads to, down to something request-scoped. */
interface Held {
  readonly edge: Edge;
  readonly way: readonly ProviderNode[];
}

/**
 * Finds singletons that would keep what lives for one request: the first request's instance would serve all others.
 *
 * @param order Each provider after what it needs.
 */
export function captures(order: readonly ProviderNode[]): Problem[] {
  /** Transients that hold something request-scoped, with the way to it. */
  const holders = new Map<ProviderNode, readonly ProviderNode[]>();
  const problems: Problem[] = [];
  for (const provider of order) {
    if (provider.scope === 'request') continue;
    const held = provider.edges.flatMap((edge) => (edge.lazy ? [] : waysToRequest(edge, holders)));
    if (provider.scope === 'singleton') problems.push(...held.map((each) => capture(provider, each)));
    else if (held[0]) holders.set(provider, held[0].way);
  }
  return problems;
}

function waysToRequest(edge: Edge, holders: ReadonlyMap<ProviderNode, readonly ProviderNode[]>): Held[] {
  return edge.targets.flatMap((target) => {
    if (target.scope === 'request') return [{ edge, way: [target] }];
    const further = holders.get(target);
    return further ? [{ edge, way: [target, ...further] }] : [];
  });
}

function capture(owner: ProviderNode, { edge, way }: Held): Problem {
  const captured = way.at(-1)!;
  return {
    code: 'SKERRY_DI_SCOPE_CAPTURE',
    message: `${subject(owner)}: it lives as long as the application and would keep ${captured.name}, which lives for one request (${slot(owner, edge.parameter)}).`,
    ...place(owner, edge.parameter),
    path: [...owner.module.path, owner.name, ...way.map(({ name }) => name)],
    found: [`${captured.name} is request-scoped in ${captured.module.name}`],
    fix: `inject it lazily, ${lazily(owner, edge.parameter)}, and get() it in a handler; or let ${owner.name} live for one request too: { scope: 'request' }`,
  };
}
