import { isToken, tokenName, type Token } from '../container/token.js';
import { place } from '../module/explain.js';
import type { ProviderNode } from '../module/graph.js';
import { unprovided } from '../module/missing.js';
import type { Problem } from '../module/problem.js';
import type { CheckedGraph } from '../module/verify.js';
import type { HandlerDefinition, ServiceDefinition, StageTokens } from './definition.js';
import { ErrorMapper, Guard, Interceptor } from './pipeline.js';

/** The providers that stand between a call and its handler, each list in the order in which it is asked. */
export type Stages = Readonly<Record<keyof StageTokens, readonly ProviderNode[]>>;

/** What stages stand before. */
export type Staged = Pick<HandlerDefinition, 'name' | 'stages'>;

const everywhere = { guards: Guard, interceptors: Interceptor, errorMappers: ErrorMapper } as const;

/** Finds the providers of the stages that services and handlers name, and explains each that cannot be used. */
export class StageFinder {
  private readonly common: Stages;

  constructor(
    private readonly graph: CheckedGraph,
    private readonly problems: Problem[],
  ) {
    this.common = {
      guards: this.applicationWide('guards'),
      interceptors: this.applicationWide('interceptors'),
      errorMappers: this.applicationWide('errorMappers'),
    };
  }

  /** The stages of every handler and every subscription of a service, by its definition. */
  of(provider: ProviderNode, service: ServiceDefinition): ReadonlyMap<Staged, Stages> {
    const outer = this.named(provider, service.stages, `@Service('${service.name}')`, service.name);
    const found = new Map<Staged, Stages>();
    for (const each of service.handlers) found.set(each, this.ofMethod(provider, service, each, '@Handler', outer));
    for (const each of service.subscriptions) {
      found.set(each, this.ofMethod(provider, service, each, '@Subscribe', outer));
    }
    return found;
  }

  private ofMethod(
    provider: ProviderNode,
    service: ServiceDefinition,
    { name, stages }: Staged,
    decorator: string,
    outer: Stages,
  ): Stages {
    const { common } = this;
    const own = this.named(provider, stages, decorator, `${service.name}.${name}`);
    return {
      guards: [...common.guards, ...outer.guards, ...own.guards],
      interceptors: [...common.interceptors, ...outer.interceptors, ...own.interceptors],
      // The nearest knows best what an error means.
      errorMappers: [...own.errorMappers, ...outer.errorMappers, ...common.errorMappers],
    };
  }

  private named(provider: ProviderNode, tokens: StageTokens, decorator: string, what: string): Stages {
    const find = (list: keyof StageTokens): ProviderNode[] =>
      tokens[list].flatMap((token, index) =>
        this.find(provider, token, `${list} of ${decorator}, entry ${index}`, what),
      );
    return { guards: find('guards'), interceptors: find('interceptors'), errorMappers: find('errorMappers') };
  }

  private find(owner: ProviderNode, token: Token, which: string, what: string): ProviderNode[] {
    const { modules, visibility } = this.graph;
    const subject = `Cannot serve ${what}`;
    const common = { ...place(owner), path: [...owner.module.path, owner.name] };
    if (!isToken(token)) {
      const found = token === undefined ? 'undefined' : 'no class and no token';
      this.problems.push({
        ...{
          code: 'SKERRY_HANDLER_INVALID',
          message: `${subject}: ${found} stands in ${which}.`,
          ...common,
          found: [],
        },
        fix: 'name a class; one that is undefined is mostly imported in a circle of files',
      });
      return [];
    }
    const sight = visibility.see(owner.module, token);
    if (sight.kind === 'one') return this.usable(sight.provider, subject, which, common);
    if (sight.kind === 'none') {
      const wanted = { owner, token, modules, visibility, what: subject, which: `(${which})` };
      const path = [...common.path, tokenName(token)];
      this.problems.push(unprovided({ ...wanted, common: { ...common, path } }));
      return [];
    }
    this.problems.push({
      ...{ code: 'SKERRY_DI_AMBIGUOUS', ...common },
      message: `${subject}: ${sight.providers.length} providers of ${tokenName(token)} are in sight (${which}).`,
      found: sight.providers.map((each) => `${each.module.name} provides ${each.name}`),
      fix: 'name the one class that is meant',
    });
    return [];
  }

  private applicationWide(list: keyof StageTokens): ProviderNode[] {
    const { modules, visibility } = this.graph;
    const root = modules[0]!;
    const sight = visibility.see(root, everywhere[list]);
    const providers = sight.kind === 'none' ? [] : sight.kind === 'one' ? [sight.provider] : sight.providers;
    return providers.flatMap((provider) =>
      this.usable(provider, `Cannot use ${provider.name} for all calls`, `${list} of the application`, {
        path: provider.module.path,
      }),
    );
  }

  private usable(
    provider: ProviderNode,
    subject: string,
    which: string,
    common: Pick<Problem, 'at' | 'path'>,
  ): ProviderNode[] {
    const scope = scopeOf(provider);
    if (scope === 'singleton') return [provider];
    this.problems.push({
      code: 'SKERRY_HANDLER_INVALID',
      message: `${subject}: ${provider.name} is ${scope}-scoped (${which}), and pipelines are composed once, at boot.`,
      ...common,
      found: [],
      fix: `make it a singleton, and read what belongs to one call from its context`,
    });
    return [];
  }
}

/** One that stands for another lives as long as that. */
function scopeOf(provider: ProviderNode): ProviderNode['scope'] {
  const [meant] = provider.kind === 'existing' ? (provider.edges[0]?.targets ?? []) : [];
  return meant ? scopeOf(meant) : provider.scope;
}
