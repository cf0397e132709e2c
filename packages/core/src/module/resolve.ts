import type { BoundDependency } from '../container/binding.js';
import type { Parameter } from '../container/parameters.js';
import { isInjectionToken, type Token } from '../container/token.js';
import { ambiguous, lostMetadata } from './explain.js';
import type { Edge, ModuleNode, ProviderNode } from './graph.js';
import { missing } from './missing.js';
import type { Problem } from './problem.js';
import type { Visibility } from './visibility.js';

/** Connects every parameter of every provider with what it gets, and explains each that gets nothing. */
export function resolve(modules: readonly ModuleNode[], visibility: Visibility): Problem[] {
  const problems: Problem[] = [];
  for (const module of modules) {
    for (const provider of module.providers) {
      for (const parameter of provider.parameters) {
        const edge = connect(provider, parameter, modules, visibility);
        if ('code' in edge) problems.push(edge);
        else provider.edges.push(edge);
      }
    }
  }
  return problems;
}

function connect(
  owner: ProviderNode,
  parameter: Parameter,
  modules: readonly ModuleNode[],
  visibility: Visibility,
): Edge | Problem {
  if (!parameter.token) return lostMetadata(owner, parameter);
  const found = bind(parameter.token, owner.module, visibility);
  if ('ambiguous' in found) return ambiguous(owner, parameter, found.ambiguous);
  if ('missing' in found) {
    if (!parameter.optional) return missing(owner, parameter, found.missing, modules, visibility);
    return { parameter, bound: { kind: 'absent' }, targets: [], lazy: false };
  }
  if (!parameter.lazy) return { parameter, ...found, lazy: false };
  return {
    parameter,
    bound: { kind: 'lazy', of: found.bound, label: found.label },
    targets: found.targets,
    lazy: true,
  };
}

type Bound =
  | { bound: BoundDependency; targets: readonly ProviderNode[]; label: string }
  | { missing: Token }
  | { ambiguous: readonly ProviderNode[] };

function bind(token: Token, module: ModuleNode, visibility: Visibility): Bound {
  const sight = visibility.see(module, token);
  switch (sight.kind) {
    case 'one':
      return { bound: { kind: 'one', id: sight.provider.id }, targets: [sight.provider], label: sight.provider.name };
    case 'many': {
      const ids = sight.providers.map(({ id }) => id);
      return { bound: { kind: 'many', ids }, targets: sight.providers, label: sight.providers[0]!.name };
    }
    case 'ambiguous':
      return { ambiguous: sight.providers };
    case 'none': {
      if (!isInjectionToken(token) || !token.derivation) return { missing: token };
      const { from, derive } = token.derivation;
      const source = bind(from, module, visibility);
      return 'bound' in source ? { ...source, bound: { kind: 'derived', of: source.bound, derive } } : source;
    }
  }
}
