import type * as Core from '@skerry/core';
import type { Application, ModuleNode, ProviderNode } from '@skerry/core';
import { hooksOf, needsOf, type Need } from './needs.js';

/** Why something is there, and what would be made of it. Plain data. */
export interface Why {
  readonly token: string;
  readonly application: string;
  /** All that provide it, wherever they are. */
  readonly providers: readonly WhyProvider[];
  /** What the modules that ask for it get; told where there are several providers. */
  readonly choices: readonly Choice[];
}

export interface WhyProvider {
  readonly module: string;
  readonly kind: ProviderNode['kind'];
  /** The class that is created, where that is not the token itself. */
  readonly type?: string;
  readonly service?: string;
  readonly scope: ProviderNode['scope'];
  readonly multi: boolean;
  readonly fallback: boolean;
  /** `file:line` of the class, else of the module. */
  readonly at?: string;
  readonly moduleAt?: string;
  /** Ways from the root module to the one that provides it, at most {@link mostPaths}. */
  readonly paths: readonly (readonly string[])[];
  readonly seenBy: 'its module' | 'its importers' | 'all modules';
  readonly needs: readonly string[];
  readonly neededBy: readonly NeededBy[];
  /** The shortest chain from each service, or other thing that nobody needs, down to it. */
  readonly chains: readonly (readonly string[])[];
  /** When it is created: its place among all singletons; absent for what is created later, or never. */
  readonly createdAs?: { readonly place: number; readonly of: number };
  readonly hooks: readonly string[];
}

export interface NeededBy {
  readonly name: string;
  readonly module: string;
  readonly lazy: boolean;
  readonly stage: boolean;
}

export interface Choice {
  /** The module that asks. */
  readonly module: string;
  /** The modules whose provider it gets; several where they are `multi`. */
  readonly gets: readonly string[];
  /** Why it does not get the others. */
  readonly others: readonly { readonly module: string; readonly because: string }[];
}

export const mostPaths = 20;

/** @param providers What was asked for: at least one. */
export function whyOf(providers: readonly ProviderNode[], app: Application, core: typeof Core): Why {
  const needs = needsOf(app);
  const keys = new Set(providers.map(({ token }) => core.tokenKey(token)));
  // Asked for with its module, it is still worth knowing which others there are.
  const rivals = app.graph.providers.filter(({ token }) => keys.has(core.tokenKey(token)));
  return {
    token: providers[0]!.name,
    application: app.name,
    providers: providers.map((each) => whyProvider(each, app, needs, core)),
    choices: rivals.length > 1 ? choicesOf(rivals, app, needs) : [],
  };
}

function whyProvider(
  provider: ProviderNode,
  { graph, served }: Application,
  needs: ReadonlyMap<ProviderNode, readonly Need[]>,
  core: typeof Core,
): WhyProvider {
  const { module, kind, type, scope, multi, fallback, name } = provider;
  const service = served.find((each) => each.provider === provider)?.service.name;
  const [at, moduleAt] = [core.locationOf(provider), core.locationOf(module)].map(
    (location) => location && `${location.file}:${location.line}`,
  );
  const singletons = graph.providers.filter((each) => each.scope === 'singleton');
  const place = singletons.indexOf(provider);
  const exported = graph.visibility.exportsOf(module).has(provider);
  return {
    ...{ module: module.name, kind, scope, multi, fallback },
    ...(type && type.name !== name ? { type: type.name } : {}),
    ...(service === undefined ? {} : { service }),
    ...(at === undefined ? {} : { at }),
    ...(moduleAt === undefined ? {} : { moduleAt }),
    paths: pathsTo(graph.root, module),
    seenBy: !exported ? 'its module' : module.global || module.builtIn ? 'all modules' : 'its importers',
    needs: provider.edges.flatMap((edge) => {
      const { token } = edge.parameter;
      // A client comes from Skerry's own Clients, which is not what anybody has asked for.
      if (typeof token === 'object' && token.derivation && edge.targets.every((each) => each.module.builtIn)) {
        return [core.tokenName(token)];
      }
      return edge.targets.map((target) => nameIn(target, module));
    }),
    neededBy: (needs.get(provider) ?? []).map(({ by, lazy, stage }) => ({
      ...{ name: by.name, module: by.module.name, lazy, stage },
    })),
    chains: chainsTo(provider, needs, new Set(served.map((each) => each.provider))),
    ...(place < 0 ? {} : { createdAs: { place: place + 1, of: singletons.length } }),
    hooks: hooksOf(provider),
  };
}

function nameIn({ name, module }: ProviderNode, asking: ModuleNode): string {
  return module === asking ? name : `${name} (${module.name})`;
}

/** All ways through imports that go through no module twice. */
function pathsTo(root: ModuleNode, module: ModuleNode): string[][] {
  if (module.builtIn) return [];
  const paths: string[][] = [];
  // Modules from which there is no way need not be walked again and again.
  const leading = new Set([module]);
  for (let grown = true; grown;) {
    const before = leading.size;
    const walk = (each: ModuleNode, seen: Set<ModuleNode>): void => {
      if (seen.has(each)) return;
      seen.add(each);
      for (const imported of each.imports) walk(imported, seen);
      if (each.imports.some((imported) => leading.has(imported))) leading.add(each);
    };
    walk(root, new Set());
    grown = leading.size > before;
  }
  const extend = (path: readonly ModuleNode[]): void => {
    const last = path.at(-1)!;
    if (paths.length >= mostPaths) return;
    if (last === module) {
      paths.push(path.map(({ name }) => name));
      return;
    }
    for (const each of new Set(last.imports)) if (leading.has(each) && !path.includes(each)) extend([...path, each]);
  };
  extend([root]);
  return paths.sort((a, b) => a.length - b.length);
}

/** Upwards from a provider: to services, and to what nobody needs. */
function chainsTo(
  provider: ProviderNode,
  needs: ReadonlyMap<ProviderNode, readonly Need[]>,
  services: ReadonlySet<ProviderNode>,
): string[][] {
  const chains: string[][] = [];
  const below = new Map<ProviderNode, ProviderNode | undefined>([[provider, undefined]]);
  for (const each of below.keys()) {
    const above = (needs.get(each) ?? []).filter(({ by }) => !by.module.builtIn);
    if (each !== provider && (services.has(each) || above.length === 0)) {
      const chain: string[] = [];
      for (let at: ProviderNode | undefined = each; at; at = below.get(at)) chain.push(at.name);
      if (chain.length > 2 && chains.length < mostPaths) chains.push(chain);
    }
    for (const { by } of above) if (!below.has(by)) below.set(by, each);
  }
  return chains;
}

function choicesOf(
  rivals: readonly ProviderNode[],
  { graph }: Application,
  needs: ReadonlyMap<ProviderNode, readonly Need[]>,
): Choice[] {
  const askers = new Set(
    rivals.flatMap((each) => (needs.get(each) ?? []).filter(({ stage }) => !stage).map(({ by }) => by.module)),
  );
  askers.add(graph.root);
  return [...askers].flatMap((module): Choice[] => {
    const sight = graph.visibility.see(module, rivals[0]!.token);
    if (sight.kind === 'none' || sight.kind === 'ambiguous') return [];
    const chosen = sight.kind === 'one' ? [sight.provider] : sight.providers;
    const visible = new Set([
      ...graph.visibility.all(module),
      ...(module.builtIn ? graph.visibility.all(graph.root) : []),
    ]);
    const others = rivals.filter((each) => !chosen.includes(each));
    return [
      {
        module: module.name,
        gets: chosen.map((each) => each.module.name),
        others: others.map((each) => ({ module: each.module.name, because: because(each, visible, module) })),
      },
    ];
  });
}

function because(provider: ProviderNode, visible: ReadonlySet<ProviderNode>, asking: ModuleNode): string {
  if (!visible.has(provider)) return `${asking.name} does not see it`;
  return provider.fallback ? 'it is a fallback, which loses against all others' : 'it is further away';
}
