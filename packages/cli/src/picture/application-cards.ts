import type { Contract, Edge, ModuleNode, ProviderNode } from '@skerry/core';
import type { Loaded } from '../application/loaded.js';
import { ownModules, ownProviders, providerIds } from '../graph/drawing.js';
import { fact, type Arrow, type Card, type Fact, type Row } from './portrait.js';
import { handlerRow, subscriptionRow } from './service-rows.js';
import { blockId, skerryCard } from './skerry-card.js';

/** A call of a service by its name; whose it is, only all applications together tell. */
export interface ClientUse {
  readonly from: string;
  readonly service: string;
  readonly lazy: boolean;
}

/** What one application adds to a picture. */
export interface ApplicationPart {
  readonly cards: readonly Card[];
  readonly arrows: readonly Arrow[];
  readonly clients: readonly ClientUse[];
  /** The row of each service that it serves, by the service's name. */
  readonly services: ReadonlyMap<string, string>;
  readonly contract: Contract;
}

/**
 * @param prefix Goes before every id, so that two applications with the same module have no item in common.
 * @param root What is said of the root module.
 */
export function applicationPart({ app, core }: Loaded, prefix: string, root: string): ApplicationPart {
  const { graph, contract, served } = app;
  const ids = new Map([...providerIds(graph)].map(([provider, id]) => [provider, `${prefix}${id}`]));
  const moduleId = (module: ModuleNode): string => `${prefix}module ${module.name}`;
  const skerryId = `${prefix}skerry`;
  const serviceOf = new Map(served.map(({ provider, service }) => [provider, service.name]));
  const byName = new Map(contract.services.map((each) => [each.name, each]));
  const arrows: Arrow[] = [];
  const clients: ClientUse[] = [];
  const used = new Set<ProviderNode>();

  const connect = (from: string, edge: Edge): void => {
    const service = calledService(edge);
    if (service !== undefined) {
      clients.push({ from, service, lazy: edge.lazy });
      return;
    }
    for (const target of edge.targets) {
      const to = ids.get(target);
      if (to !== undefined) arrows.push({ from, to, kind: edge.lazy ? 'lazy' : 'needs' });
      else {
        used.add(target);
        arrows.push({ from, to: blockId(skerryId, target.name), kind: 'block' });
      }
    }
  };
  const rowsOf = (provider: ProviderNode, exported: boolean): Row[] => {
    const id = ids.get(provider)!;
    for (const edge of provider.edges) connect(id, edge);
    const service = byName.get(serviceOf.get(provider) ?? '');
    const own = providerRow(id, provider, { exported, service, at: where(core.locationOf(provider)) });
    if (!service) return [own];
    const handlers = service.handlers.map((each) => handlerRow(id, each));
    return [own, ...handlers, ...service.subscriptions.map((each) => subscriptionRow(id, each))];
  };
  const skerry = graph.modules.find((module) => module.builtIn)!;
  const builtIn = new Set(skerry.providers.map(({ token }) => core.tokenKey(token)));
  // Who needs comes before what is needed, so that most arrows within a module point down.
  const place = new Map(graph.providers.map((provider, index) => [provider, index]));
  const cards = ownModules(graph).map((module): Card => {
    const exports = graph.visibility.exportsOf(module);
    const providers = ownProviders(module).sort(
      (a, b) => Number(serviceOf.has(b)) - Number(serviceOf.has(a)) || (place.get(b) ?? 0) - (place.get(a) ?? 0),
    );
    for (const imported of new Set(module.imports)) {
      arrows.push({ from: moduleId(module), to: moduleId(imported), kind: 'imports' });
    }
    // What takes the place of one of Skerry's building blocks is plumbing, as long as it is nothing else.
    const aside =
      module !== graph.root &&
      module.providers.some(({ token }) => builtIn.has(core.tokenKey(token))) &&
      !module.providers.some((each) => serviceOf.get(each) !== undefined && byName.has(serviceOf.get(each)!));
    return {
      ...(aside ? { aside } : {}),
      id: moduleId(module),
      kind: 'module',
      name: module.name,
      note: module === graph.root ? root : module.global ? 'global' : '',
      rows: providers.flatMap((provider) => rowsOf(provider, exports.has(provider))),
      facts: [
        { label: 'module', text: module.path.join(' > ') },
        ...fact('declared', where(core.locationOf(module))),
        ...fact('exports', [...exports].map(({ name }) => name).join(', ')),
      ],
    };
  });
  const services = new Map([...serviceOf].map(([provider, name]) => [name, ids.get(provider)!] as const));
  return { cards: [...cards, skerryCard(skerryId, graph, used, core)], arrows, clients, services, contract };
}

interface Known {
  readonly exported: boolean;
  readonly service: Contract['services'][number] | undefined;
  readonly at: string | undefined;
}

function providerRow(id: string, provider: ProviderNode, { exported, service, at }: Known): Row {
  const { name, kind, scope, multi, fallback, type } = provider;
  const made = { class: 'a class', factory: 'a factory', value: 'a value', existing: 'another name for' }[kind];
  const facts: Fact[] = [
    ...(service ? [{ label: 'service', text: `${service.name} ${service.version}` }] : []),
    ...fact('about', service?.description),
    { label: 'token', text: name },
    { label: 'made by', text: type && type.name !== name ? `the class ${type.name}` : made },
    // Another name for something lives as long as that does.
    ...(kind === 'existing' ? [] : [{ label: 'scope', text: scope }]),
    ...(multi ? [{ label: 'multi', text: 'one of several that are injected as an array' }] : []),
    ...(fallback ? [{ label: 'fallback', text: 'only where nothing else provides the token' }] : []),
    { label: 'seen by', text: exported ? 'who imports its module' : 'its module alone' },
    ...fact('declared', at),
  ];
  const notes = [
    ...(service ? [`'${service.name}'`] : []),
    ...(kind === 'existing' || scope === 'singleton' ? [] : [scope]),
    ...(multi ? ['multi'] : []),
    ...(exported && !service ? ['exported'] : []),
  ];
  return { id, kind: service ? 'service' : kind, name, note: notes.join(' · '), facts };
}

/** The service that an injected client calls. */
function calledService({ parameter: { token } }: Edge): string | undefined {
  if (typeof token !== 'object') return undefined;
  return /^the client of '(.+)'$/.exec(token.name)?.[1];
}

function where(location: { file: string; line: number } | undefined): string | undefined {
  return location && `${location.file}:${location.line}`;
}
