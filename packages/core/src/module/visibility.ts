import { tokenKey, type Token } from '../container/token.js';
import { components } from './components.js';
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
 *
 * Skerry's own module sees what the root module sees: so a line in the root module moves a building block to an engine.
 */
export class Visibility {
  private readonly own: ReadonlyMap<ModuleNode, ByKey>;
  private readonly exported: ReadonlyMap<ModuleNode, ByKey>;
  private readonly globals: readonly ModuleNode[];

  constructor(
    private readonly root: ModuleNode,
    modules: readonly ModuleNode[],
  ) {
    this.globals = modules.filter((module) => module.global || module.builtIn);
    this.own = new Map(modules.map((module) => [module, byKey(module.providers)]));
    this.exported = new Map(modules.map((module) => [module, new Map()]));
    this.collectExports(modules);
  }

  /** What `module` gets when it asks for `token`. */
  see(module: ModuleNode, token: Token): Sight {
    const key = tokenKey(token);
    const distances = [
      this.ownAs(module, key),
      ...(module.builtIn ? [this.ownAs(this.root, key), this.exportedAs(this.root.imports, key)] : []),
      this.exportedAs(module.imports, key),
      this.exportedAs(this.globals, key),
    ];
    const all = [...new Set(distances.flat())];
    const firm = all.filter((each) => !each.fallback);
    const chosen = new Set(firm.length > 0 ? firm : all);
    const multi = [...chosen].filter((each) => each.multi).length;
    if (multi > 0) return { kind: multi === chosen.size ? 'many' : 'ambiguous', providers: [...chosen] };
    for (const distance of distances) {
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

  /** Of those that are imported first; where modules export each other in a circle, round it until nothing is added. */
  private collectExports(modules: readonly ModuleNode[]): void {
    for (const circle of components(modules, (module) => module.imports)) {
      for (let grown = true; grown;) {
        const added = circle.map((module) => this.exportAll(module));
        grown = circle.length > 1 && added.includes(true);
      }
    }
  }

  /** Whether that adds something. */
  private exportAll(module: ModuleNode): boolean {
    const exported = this.exported.get(module)!;
    const providers = module.exports.flatMap((entry) => this.meant(module, entry));
    return providers.map((provider) => insert(exported, provider)).includes(true);
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
