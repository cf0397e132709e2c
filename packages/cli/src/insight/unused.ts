import type * as Core from '@skerry/core';
import type { Application, ModuleNode, ProviderNode, Token } from '@skerry/core';
import { hooksOf, needsOf, type Need } from './needs.js';

/** Something that the application could do without. */
export interface Unused {
  readonly what: 'provider' | 'import' | 'export';
  readonly name: string;
  /** Whose list it stands in. */
  readonly module: string;
  /** `file:line` of that module. */
  readonly at?: string;
  readonly because: string;
  readonly fix: string;
}

/**
 * What nobody needs, in modules of the user's own: providers from which no way leads up to a service, a hook or Skerry itself;
 * imports of which nothing is used; exports that nobody outside asks for. What is asked for at run time, by `app.get`, is not
 * known, nor what a constructor does besides.
 */
export function unusedIn(app: Application, core: typeof Core): Unused[] {
  return new Search(app, core).all();
}

class Search {
  private readonly needs: ReadonlyMap<ProviderNode, readonly Need[]>;
  private readonly used = new Set<ProviderNode>();

  constructor(
    private readonly app: Application,
    private readonly core: typeof Core,
  ) {
    this.needs = needsOf(app);
    const down = new Map<ProviderNode, ProviderNode[]>();
    for (const [target, needs] of this.needs)
      for (const { by } of needs) down.set(by, [...(down.get(by) ?? []), target]);
    for (const each of app.graph.providers) if (this.isRoot(each)) this.used.add(each);
    for (const each of this.used) for (const target of down.get(each) ?? []) this.used.add(target);
  }

  all(): Unused[] {
    const own = this.app.graph.modules.filter((module) => !module.builtIn && this.isOwn(module));
    return own.flatMap((module) => [
      ...module.providers.filter((each) => !this.used.has(each)).map((each) => this.provider(each)),
      ...[...new Set(module.imports)]
        .filter((each) => this.isIdle(module, each))
        .map((each) => this.import(module, each)),
      ...module.exports
        .filter((entry) => this.isUnheard(module, entry as Token))
        .map((entry) => this.export(module, entry as Token)),
    ]);
  }

  /** There for its own sake: called from outside, by the framework, or when it is created, as a module is. */
  private isRoot(provider: ProviderNode): boolean {
    const { module, token } = provider;
    const served = this.app.served.some((each) => each.provider === provider);
    return served || module.builtIn || token === module.type || hooksOf(provider).length > 0;
  }

  /** Of the user's code, not of a package that was installed. */
  private isOwn(module: ModuleNode): boolean {
    const file = this.core.locationOf(module)?.file;
    return file === undefined || !/[/\\]node_modules[/\\]/.test(`/${file}`);
  }

  /** Whether `module` would not miss `imported`, and nothing that is used would be gone with it. */
  private isIdle(module: ModuleNode, imported: ModuleNode): boolean {
    const { graph } = this.app;
    const exported = graph.visibility.exportsOf(imported);
    const asks = [...exported].some((each) =>
      (this.needs.get(each) ?? []).some(
        ({ by }) => by.module === module || (module === graph.root && by.module.builtIn),
      ),
    );
    const passesOn = [...graph.visibility.exportsOf(module)].some((each) => exported.has(each));
    if (asks || passesOn) return false;
    const without = reached(graph.root, (from, to) => !(from === module && to === imported));
    const gone = graph.modules.filter((each) => !each.builtIn && !without.has(each));
    // A module class itself is created, but one that asks for nothing and has no hooks is only a list.
    return !gone.some((each) =>
      each.providers.some(
        (provider) => this.used.has(provider) && (provider.token !== each.type || isActive(provider)),
      ),
    );
  }

  private isUnheard(module: ModuleNode, entry: Token): boolean {
    const { graph } = this.app;
    const heard = (each: ProviderNode): boolean =>
      (this.needs.get(each) ?? []).some(({ by }) => by.module !== module && this.hears(by.module, module, each)) ||
      graph.modules.some(
        (other) => other !== module && other.imports.includes(module) && graph.visibility.exportsOf(other).has(each),
      );
    return !graph.visibility.meant(module, entry).some(heard);
  }

  /** Whether what `asking` gets may come through the exports of `module`. */
  private hears(asking: ModuleNode, module: ModuleNode, { module: owner }: ProviderNode): boolean {
    if (asking === owner && asking !== module) return false;
    return module.global || asking.builtIn || asking.imports.includes(module);
  }

  private provider(provider: ProviderNode): Unused {
    const { name, module } = provider;
    const needers = (this.needs.get(provider) ?? []).map(({ by }) => by.name);
    const because =
      needers.length === 0 ? 'nobody needs it' : `only ${needers.join(', ')} needs it, which is unused too`;
    return { what: 'provider', name, ...this.place(module), because, fix: `remove it from ${module.name}.providers` };
  }

  private import(module: ModuleNode, imported: ModuleNode): Unused {
    const because = `nothing in ${module.name} asks for what it exports`;
    return {
      what: 'import',
      name: imported.name,
      ...this.place(module),
      because,
      fix: `remove it from ${module.name}.imports`,
    };
  }

  private export(module: ModuleNode, entry: Token): Unused {
    const because =
      this.app.graph.modules.some((each) => each.imports.includes(module)) || module.global
        ? `nobody outside of ${module.name} asks for it`
        : `nobody imports ${module.name}`;
    const name = this.core.tokenName(entry);
    return { what: 'export', name, ...this.place(module), because, fix: `remove it from ${module.name}.exports` };
  }

  private place(module: ModuleNode): Pick<Unused, 'module' | 'at'> {
    const location = this.core.locationOf(module);
    return { module: module.name, ...(location ? { at: `${location.file}:${location.line}` } : {}) };
  }
}

function isActive(provider: ProviderNode): boolean {
  return provider.edges.length > 0 || hooksOf(provider).length > 0;
}

/** The modules to which imports lead, by those that `follows` allows. */
function reached(root: ModuleNode, follows: (from: ModuleNode, to: ModuleNode) => boolean): ReadonlySet<ModuleNode> {
  const found = new Set([root]);
  for (const each of found) for (const to of each.imports) if (follows(each, to)) found.add(to);
  return found;
}
