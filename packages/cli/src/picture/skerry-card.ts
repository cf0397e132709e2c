import type * as Core from '@skerry/core';
import type { ModuleGraph, ProviderNode, Token } from '@skerry/core';
import type { Card, Row } from './portrait.js';

/** Building blocks that run on an engine: what they are called, the engine's token, and what they run on by default. */
function engineTokens(core: typeof Core): readonly (readonly [block: Token, engine: Token, embedded: string])[] {
  return [
    [core.Registry, core.REGISTRY_DRIVER, 'files of this machine'],
    [core.Broker, core.BROKER_DRIVER, 'memory of this process'],
    [core.Store, core.STORE_DRIVER, 'memory of this process'],
    [core.Codecs, core.CODEC, 'JSON'],
    [core.Selector, core.SelectionStrategy, 'power of two choices'],
    [core.Transport, core.TRANSPORT_DRIVERS, 'TCP, unix sockets, TLS, HTTP'],
    [core.Logger, core.LogSink, 'console'],
  ];
}

/**
 * The building blocks of Skerry: those with an engine, and which it is, and those that the application's own providers ask for.
 *
 * @param used What these ask for.
 */
export function skerryCard(id: string, graph: ModuleGraph, used: ReadonlySet<ProviderNode>, core: typeof Core): Card {
  const skerry = graph.modules.find(({ builtIn }) => builtIn)!;
  const engines = new Map(engineTokens(core).map(([block, ...rest]) => [core.tokenName(block), rest]));
  const names = new Set([...engines.keys(), ...[...used].map(({ name }) => name)]);
  const rows = [...names].map((name): Row => {
    const [token, embedded] = engines.get(name) ?? [];
    const sight = token === undefined ? undefined : graph.visibility.see(skerry, token);
    const providers = sight?.kind === 'one' ? [sight.provider] : sight?.kind === 'many' ? sight.providers : [];
    const modules = [...new Set(providers.filter(({ module }) => !module.builtIn).map(({ module }) => module.name))];
    const embeds = providers.some(({ module }) => module.builtIn) && embedded !== undefined;
    const engine = [...(embeds ? [embedded] : []), ...modules].join(' + ');
    return {
      id: blockId(id, name),
      kind: 'block',
      name,
      note: engine,
      facts: [
        { label: 'building block', text: 'of Skerry, there without asking' },
        ...(engine === '' ? [] : [{ label: 'engine', text: engine }]),
        ...(token ? [{ label: 'engine token', text: core.tokenName(token) }] : []),
      ],
    };
  });
  return { id, kind: 'skerry', name: 'Skerry', note: 'building blocks', rows, facts: [] };
}

/** @param card Id of the card of building blocks. */
export function blockId(card: string, name: string): string {
  return `${card}/${name}`;
}
