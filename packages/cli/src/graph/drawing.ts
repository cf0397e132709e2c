import type { Class, Edge, ModuleGraph, ModuleNode, ProviderNode } from '@skerry/core';

/** A module graph as plain data: what is drawn, and what `--json` prints. */
export interface Drawing {
  /** Name of the root module. */
  readonly root: string;
  /** The root first, then in the order in which they are reached from it. Names are unique. */
  readonly modules: readonly DrawnModule[];
  /** What is needed and belongs to no module: clients of other services, and Skerry's own building blocks. */
  readonly outside: readonly DrawnOutside[];
}

export interface DrawnModule {
  readonly name: string;
  readonly global: boolean;
  readonly imports: readonly string[];
  /** Names of the providers that importing it brings into sight, its own or passed on. */
  readonly exports: readonly string[];
  readonly providers: readonly DrawnProvider[];
}

export interface DrawnProvider {
  /** Unique: `OrdersModule.Orders`. */
  readonly id: string;
  readonly name: string;
  readonly kind: ProviderNode['kind'];
  readonly scope: ProviderNode['scope'];
  /** The name that it is served by, for a service. */
  readonly service?: string;
  readonly exported: boolean;
  readonly multi: boolean;
  readonly dependencies: readonly DrawnDependency[];
}

export interface DrawnDependency {
  /** Id of a provider, or of something outside. */
  readonly to: string;
  readonly lazy: boolean;
}

export interface DrawnOutside {
  readonly id: string;
  readonly name: string;
  readonly kind: 'client' | 'built-in';
}

/** @param all Also what Skerry itself provides, where something needs it. */
export function drawingOf(graph: ModuleGraph, all: boolean): Drawing {
  const modules = ownModules(graph);
  const ids = providerIds(graph);
  const outside = new Map<string, DrawnOutside>();

  const dependencies = (edge: Edge): DrawnDependency[] => {
    const derived = derivedName(edge);
    if (derived !== undefined) {
      const kind = calledService(derived) === undefined ? 'built-in' : 'client';
      return [toOutside(derived, kind, edge.lazy)];
    }
    return edge.targets.flatMap((target) => {
      const to = ids.get(target);
      if (to !== undefined) return [{ to, lazy: edge.lazy }];
      return all ? [toOutside(target.name, 'built-in', edge.lazy)] : [];
    });
  };
  const toOutside = (name: string, kind: DrawnOutside['kind'], lazy: boolean): DrawnDependency => {
    outside.set(name, { id: name, name, kind });
    return { to: name, lazy };
  };
  const drawn = (provider: ProviderNode): DrawnProvider => {
    const { name, kind, scope, multi, module, edges } = provider;
    const service = serviceName(provider);
    return {
      ...{ id: ids.get(provider)!, name, kind, scope },
      ...(service === undefined ? {} : { service }),
      exported: graph.visibility.exportsOf(module).has(provider),
      multi,
      dependencies: edges.flatMap(dependencies),
    };
  };
  return {
    root: graph.root.name,
    modules: modules.map((module) => ({
      name: module.name,
      global: module.global,
      imports: module.imports.map(({ name }) => name),
      exports: [...graph.visibility.exportsOf(module)].map(({ name }) => name),
      providers: ownProviders(module).map(drawn),
    })),
    outside: [...outside.values()],
  };
}

/** What the application itself is made of: not Skerry's own module. */
export function ownModules(graph: ModuleGraph): ModuleNode[] {
  return graph.modules.filter(({ builtIn }) => !builtIn);
}

/** What the providers of the application's own modules are called, each differently: `OrdersModule.Orders`. */
export function providerIds(graph: ModuleGraph): Map<ProviderNode, string> {
  const taken = new Set<string>();
  const providers = ownModules(graph).flatMap(ownProviders);
  return new Map(providers.map((each) => [each, unique(`${each.module.name}.${each.name}`, taken)]));
}

/** A module is among its own providers; it is only worth showing where its constructor needs something. */
export function ownProviders({ providers, type }: ModuleNode): ProviderNode[] {
  return providers.filter(({ token, edges }) => token !== type || edges.length > 0);
}

/** What is made for this place alone, such as the client of a service: `client of 'greeter'`, `store of 'orders'`. */
function derivedName({ bound, parameter: { token } }: Edge): string | undefined {
  const kind = bound.kind === 'lazy' ? bound.of.kind : bound.kind;
  if (kind !== 'derived' || typeof token !== 'object') return undefined;
  return token.name.replace(/^the /, '');
}

/** The service that `client of 'greeter'` calls; `undefined` for what is no client. */
export function calledService(name: string): string | undefined {
  return /^client of '(.+)'$/.exec(name)?.[1];
}

/** What `@Service` says, which Skerry remembers under a name that all of its copies share. */
function serviceName({ type, token }: ProviderNode): string | undefined {
  const candidates = [type, token].filter((each): each is Class => typeof each === 'function');
  return candidates.map(declaredName).find((name) => name !== undefined);
}

function declaredName(type: Class): string | undefined {
  const declared = Reflect.getOwnMetadata(Symbol.for('skerry.service'), type) as { name?: string } | undefined;
  return declared?.name;
}

function unique(name: string, taken: Set<string>): string {
  let free = name;
  for (let count = 2; taken.has(free); count++) free = `${name}#${count}`;
  taken.add(free);
  return free;
}
