import { components } from './components.js';
import { lazily, place, slot, subject } from './explain.js';
import type { Edge, ProviderNode } from './graph.js';
import type { Problem } from './problem.js';

export interface Order {
  /** Each after what it needs; those in a circle are left out. */
  readonly order: ProviderNode[];
  readonly problems: Problem[];
}

/**
 * Puts providers into the order of their creation. Those in a circle have none: for each of them one circle is drawn, the
 * shortest, and none twice. Where circles overlap there may be very many more of them.
 */
export function order(providers: readonly ProviderNode[]): Order {
  const sorted: ProviderNode[] = [];
  const problems: Problem[] = [];
  for (const group of components(providers, needs)) {
    if (group.length === 1 && !needs(group[0]!).includes(group[0]!)) {
      sorted.push(group[0]!);
      continue;
    }
    const members = new Set(group);
    const drawn = new Set<ProviderNode>();
    for (const provider of group) {
      if (drawn.has(provider)) continue;
      const circle = shortestCircle(provider, members);
      for (const member of circle) drawn.add(member);
      problems.push(cycle(circle));
    }
  }
  return { order: sorted, problems };
}

function needs(provider: ProviderNode): ProviderNode[] {
  return provider.edges.flatMap((edge) => (edge.lazy ? [] : edge.targets));
}

/** From `start` back to it by the fewest steps, within a group whose members all reach each other. */
function shortestCircle(start: ProviderNode, members: ReadonlySet<ProviderNode>): ProviderNode[] {
  const cameFrom = new Map<ProviderNode, ProviderNode>();
  const queue = [start];
  for (const provider of queue) {
    for (const target of needs(provider)) {
      if (target === start) return wayTo(provider, cameFrom);
      if (cameFrom.has(target) || !members.has(target)) continue;
      cameFrom.set(target, provider);
      queue.push(target);
    }
  }
  throw new Error(`${start.name} is in no circle`);
}

function wayTo(end: ProviderNode, cameFrom: ReadonlyMap<ProviderNode, ProviderNode>): ProviderNode[] {
  const way: ProviderNode[] = [];
  for (let each: ProviderNode | undefined = end; each; each = cameFrom.get(each)) way.push(each);
  return way.reverse();
}

interface Step {
  readonly from: ProviderNode;
  readonly edge: Edge;
}

function cycle(members: readonly ProviderNode[]): Problem {
  const first = members[0]!;
  const steps = members.map((from, index): Step => {
    const to = members[index + 1] ?? first;
    return { from, edge: from.edges.find((edge) => !edge.lazy && edge.targets.includes(to))! };
  });
  const names = members.map(({ name }) => name);
  const chain = members.length === 1 ? 'itself' : [...names.slice(1), first.name].join(', which needs ');
  return {
    code: 'SKERRY_DI_CYCLE',
    message: `${subject(first)}: it needs ${chain}.`,
    ...place(first, steps[0]!.edge.parameter),
    path: [...first.module.path, ...names, first.name],
    found: [],
    drawing: steps.flatMap(drawn),
    fix: remedy(steps),
  };
}

function drawn({ from, edge }: Step, index: number, all: readonly Step[]): string[] {
  const what = slot(from, edge.parameter);
  const last = index === all.length - 1;
  return [`${index === 0 ? '┌─▶' : '│  '} ${from.name}`, last ? `└──── ${what}` : `│     ▼ ${what}`];
}

/** Closes the circle later: at its last step, or at another where that one is an alias, which cannot wait. */
function remedy(steps: readonly Step[]): string {
  const step = [...steps].reverse().find(({ from }) => from.kind !== 'existing');
  if (!step) return 'let one of them be made by useClass, useValue or useFactory';
  const { from, edge } = step;
  const later = `let one of them get the other later: ${lazily(from, edge.parameter)} in ${from.name} (${slot(from, edge.parameter)})`;
  return steps.length === 1 ? later : `${later}; or move what both need into a third class`;
}
