import { tokenKey, type Token } from '../container/token.js';
import type { ModuleNode, ProviderNode } from './graph.js';

/** What a module sees of a token. */
export type Sight =
  | { readonly kind: 'one'; readonly provider: ProviderNode }
  | { readonly kind: 'many'; readonly providers: readonly ProviderNode[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'ambiguous'; readonly providers: readonly ProviderNode[] };

/** Providers by what their tokens are compared by. */
type ByKey = Map<unknown, Set<ProviderNode>>;

/**
 * Who sees what: a module sees its own providers, then what its imports export, then what global modules export. The
 * nearest wins; two at the same distance are ambiguous, and so are a multi provider and one that is not. Providers declared
 * as `fallback` lose against all others.
 */
export class Visibility {
  private readonly own: ReadonlyMap<ModuleNode, ByKey>;
  private readonly exported: ReadonlyMap<ModuleNode, ByKey>;
  private readonly globals: readonly ModuleNode[];

  constructor(modules: readonly ModuleNode[]) {
    this.globals = modules.filter((module) => module.global || module.builtIn);
    this.own = new Map(modules.map((module) => [module, byKey(module.providers)]));
    this.exported = new Map(modules.map((module) => [module, new Map()]));
    this.collectExports(modules);
  }

  /** What `module` gets when it asks for `token`. */
  see(module: ModuleNode, token: Token): Sight {
    const key = tokenKey(token);
    const own = this.ownAs(module, key);
    const imported = this.exportedAs(module.imports, key);
    const global = this.exportedAs(this.globals, key);
    const all = [...new Set([...own, ...imported, ...global])];
    const firm = all.filter((each) => !each.fallback);
    const chosen = new Set(firm.length > 0 ? firm : all);
    const multi = [...chosen].filter((each) => each.multi).length;
    if (multi > 0) return { kind: multi === chosen.size ? 'many' : 'ambiguous', providers: [...chosen] };
    for (const distance of [own, imported, global]) {
      const candidates = distance.filter((each) => chosen.has(each));
      if (candidates.length > 1) return { kind: 'ambiguous', providers: candidates };
      if (candidates[0]) return { kind: 'one', provider: candidates[0] };
    }
    return { kind: 'none' };
  }

  /** Everything that `module` could ask for. */
  all(module: ModuleNode): ProviderNode[] {
    const exported = [...module.imports, ...this.globals].flatMap((each) => [...this.exportsOf(each)]);
    return [...new Set([...module.providers, ...exported])];
  }

  /** What importing `module` brings into sight. */
  exportsOf(module: ModuleNode): ReadonlySet<ProviderNode> {
    return new Set([...this.exported.get(module)!.values()].flatMap((providers) => [...providers]));
  }

  /** The providers that one entry of `exports` stands for; none when it is a mistake. */
  meant(module: ModuleNode, entry: Token): readonly ProviderNode[] {
    const reexported = module.imports.filter((each) => each.type === entry);
    if (reexported.length > 0) return reexported.flatMap((each) => [...this.exportsOf(each)]);
    const key = tokenKey(entry);
    const own = this.ownAs(module, key);
    return own.length > 0 ? own : this.exportedAs(module.imports, key);
  }

  /** Modules may export what others export, even in a circle: goes round until nothing is added any more. */
  private collectExports(modules: readonly ModuleNode[]): void {
    // The imported mostly stand after those that import them, so this ends after two rounds.
    const inwards = [...modules].reverse();
    for (let grown = true; grown;) {
      grown = false;
      for (const module of inwards) {
        const exported = this.exported.get(module)!;
        for (const provider of module.exports.flatMap((entry) => this.meant(module, entry))) {
          grown = insert(exported, provider) || grown;
        }
      }
    }
  }

  private ownAs(module: ModuleNode, key: unknown): readonly ProviderNode[] {
    return [...(this.own.get(module)!.get(key) ?? [])];
  }

  private exportedAs(modules: readonly ModuleNode[], key: unknown): readonly ProviderNode[] {
    return [...new Set(modules.flatMap((module) => [...(this.exported.get(module)!.get(key) ?? [])]))];
  }
}

function byKey(providers: readonly ProviderNode[]): ByKey {
  const found: ByKey = new Map();
  for (const provider of providers) insert(found, provider);
  return found;
}

/** Whether it was not there before. */
function insert(into: ByKey, provider: ProviderNode): boolean {
  const key = tokenKey(provider.token);
  const known = into.get(key);
  if (known?.has(provider)) return false;
  if (known) known.add(provider);
  else into.set(key, new Set([provider]));
  return true;
}
