import type { Container } from '../container/container.js';
import { tokenKey, tokenName, type Token } from '../container/token.js';
import { nearest } from '../errors/nearest.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { ModuleGraph, ProviderNode } from '../module/graph.js';
import type { Hooked } from './hooks.js';

/** What an application has created, found by token. */
export class Instances {
  constructor(
    private readonly graph: ModuleGraph,
    private readonly container: Container,
  ) {}

  /** @see Application.get */
  get<T>(token: Token<T>): T {
    const { graph, container } = this;
    const sight = graph.visibility.see(graph.root, token);
    if (sight.kind === 'many') return sight.providers.map(({ id }) => container.get(id)) as T;
    const provider = sight.kind === 'one' ? sight.provider : this.only(token);
    return container.get(provider.id) as T;
  }

  /** A singleton if it was created before a start failed. */
  existing<T>(token: Token<T>): T | undefined {
    const sight = this.graph.visibility.see(this.graph.root, token);
    if (sight.kind !== 'one') return undefined;
    return this.container.created.find(({ binding }) => binding.id === sight.provider.id)?.instance as T | undefined;
  }

  /** Gives the instance of a provider for each call: the same one, or one for each request. */
  owner({ id }: ProviderNode): () => unknown {
    if (this.container.isRequestScoped(id)) return () => this.container.get(id);
    const single = this.container.get(id);
    return () => single;
  }

  /** What has hooks: everything that Skerry created, in the order of its creation, each once. */
  hooked(): Hooked[] {
    const values = new Set(this.graph.providers.filter(({ kind }) => kind === 'value').map(({ id }) => id));
    const seen = new Set<unknown>();
    return this.container.created.flatMap(({ binding, instance }) => {
      const skipped = values.has(binding.id) || typeof instance !== 'object' || instance === null || seen.has(instance);
      seen.add(instance);
      return skipped ? [] : [{ name: binding.label, instance }];
    });
  }

  private only(token: Token): ProviderNode {
    const { providers, root } = this.graph;
    const fitting = providers.filter((each) => tokenKey(each.token) === tokenKey(token));
    const [provider] = fitting;
    if (fitting.length === 1 && provider) return provider;
    const name = tokenName(token);
    if (fitting.length > 1) {
      const modules = fitting.map(({ module }) => module.name).join(', ');
      throw new SkerryError(
        'SKERRY_DI_AMBIGUOUS',
        `Cannot get ${name}: ${modules} provide it, and ${root.name} sees none of them.`,
      );
    }
    const names = providers.map((each) => each.name);
    const near = nearest(name, names);
    const hint = near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : '';
    throw new SkerryError('SKERRY_DI_NOT_FOUND', `Cannot get ${name}: nothing in ${root.name} provides it.${hint}`);
  }
}
