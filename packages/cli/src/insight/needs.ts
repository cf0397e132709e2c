import type { Application, ProviderNode } from '@skerry/core';

/** One reason why a provider is there. */
export interface Need {
  readonly by: ProviderNode;
  readonly lazy: boolean;
  /** It stands before the handlers of `by`, as a guard or the like, and is no parameter of its. */
  readonly stage: boolean;
}

/** Who needs what, by what is needed: through constructors and factories, and as a stage of a handler. */
export function needsOf({
  graph,
  served,
}: Pick<Application, 'graph' | 'served'>): ReadonlyMap<ProviderNode, readonly Need[]> {
  const needs = new Map<ProviderNode, Need[]>();
  const add = (target: ProviderNode, need: Need): void => {
    const known = needs.get(target);
    if (!known) needs.set(target, [need]);
    else if (!known.some(({ by, stage }) => by === need.by && stage === need.stage)) known.push(need);
  };
  for (const provider of graph.providers) {
    for (const { targets, lazy } of provider.edges)
      for (const each of targets) add(each, { by: provider, lazy, stage: false });
  }
  for (const { provider, stages } of served) {
    for (const { guards, interceptors, errorMappers } of stages.values()) {
      for (const each of [...guards, ...interceptors, ...errorMappers])
        add(each, { by: provider, lazy: false, stage: true });
    }
  }
  return needs;
}

const hookNames = [
  'onModuleInit',
  'onApplicationBootstrap',
  'beforeApplicationShutdown',
  'onApplicationShutdown',
] as const;

/** Names of the lifecycle hooks that a provider's class has, and `@HealthCheck`. What a factory makes is not known. */
export function hooksOf({ kind, type }: ProviderNode): string[] {
  if (kind !== 'class' || !type) return [];
  const prototype = type.prototype as Record<string, unknown>;
  const hooks = hookNames.filter((name) => typeof prototype[name] === 'function');
  return [...hooks, ...(checksHealth(type) ? ['@HealthCheck'] : [])];
}

// Remembered under a name that all copies of Skerry share; a parent's checks are inherited.
function checksHealth({ prototype }: { readonly prototype: unknown }): boolean {
  return Reflect.getMetadata(Symbol.for('skerry.health-checks'), prototype as object) !== undefined;
}
