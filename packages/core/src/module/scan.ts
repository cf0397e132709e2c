import type { Provider } from '../container/provider.js';
import { isClass, isInjectionToken, tokenKey, tokenName, type Class } from '../container/token.js';
import type { ModuleNode } from './graph.js';
import { loadImport, type LoadedImport } from './load-import.js';
import { declaredModule, isDynamicModule, type DynamicModule, type ModuleImport } from './module.js';
import { at, type Problem } from './problem.js';
import { invalidProvider, providerNode } from './provider-node.js';

/** What is provided instead, by {@link tokenKey}: how tests replace a part. */
export type Overrides = ReadonlyMap<unknown, Provider>;

export interface Scan {
  readonly root: ModuleNode;
  readonly modules: readonly ModuleNode[];
  readonly problems: Problem[];
  /** The overrides that took the place of something. */
  readonly overridden: ReadonlySet<unknown>;
}

/**
 * Walks from the root through `imports`, nearest first, and writes down what each module declares. Nothing is resolved yet
 * and nothing is created; what is not what it should be becomes a problem and is left out.
 *
 * @param builtIn Skerry's own module, imported by all as a global one.
 */
export async function scan(root: LoadedImport, builtIn: DynamicModule, overrides: Overrides): Promise<Scan> {
  const walk = new Walk(overrides);
  const rootNode = walk.add(root, []);
  const builtInNode = walk.add(builtIn, [], true);
  await walk.finish();
  walk.provideDerived(builtInNode);
  return { root: rootNode, modules: [...walk.modules.values()], problems: walk.problems, overridden: walk.overridden };
}

class Walk {
  /** By class, or by the object of a dynamic module: what makes two imports the same module. */
  readonly modules = new Map<object, ModuleNode>();
  readonly problems: Problem[] = [];
  readonly overridden = new Set<unknown>();
  private readonly queue: { node: ModuleNode; imports: readonly ModuleImport[] }[] = [];
  private readonly names = new Map<string, number>();

  constructor(private readonly overrides: Overrides) {}

  async finish(): Promise<void> {
    // The queue grows while it is walked: breadth first.
    for (const { node, imports } of this.queue) {
      for (const [index, entry] of imports.entries()) {
        const loaded = await loadImport(entry);
        if ('module' in loaded) {
          node.imports.push(this.add(loaded.module, node.path));
          continue;
        }
        const message = `Cannot import entry ${index} of ${node.name}.imports: ${loaded.what}.`;
        this.problems.push(invalidEntry(node, 'SKERRY_MODULE_INVALID_IMPORT', message, loaded));
      }
    }
  }

  add(module: LoadedImport, above: readonly string[], builtIn = false): ModuleNode {
    const known = this.modules.get(module);
    if (known) return known;
    const dynamic = isDynamicModule(module) ? module : undefined;
    const type = dynamic ? dynamic.module : (module as Class);
    const declared = declaredModule(type);
    const name = this.uniqueName(tokenName(type));
    const node: ModuleNode = {
      name,
      type,
      builtIn,
      global: dynamic?.global ?? declared?.global ?? false,
      imports: [],
      providers: [],
      exports: [...(declared?.exports ?? []), ...(dynamic?.exports ?? [])],
      path: [...above, name],
      ...(declared ? { site: declared.site } : {}),
    };
    this.modules.set(module, node);
    // A module is among its own providers: that is how its constructor gets dependencies.
    for (const [index, entry] of [...(declared?.providers ?? []), ...(dynamic?.providers ?? []), type].entries()) {
      this.addProvider(node, entry, index);
    }
    this.queue.push({ node, imports: [...(declared?.imports ?? []), ...(dynamic?.imports ?? [])] });
    return node;
  }

  /** Overrides of tokens that are otherwise derived, such as a client's: nobody provides those, so Skerry does. */
  provideDerived(module: ModuleNode): void {
    for (const [key, provider] of this.overrides) {
      const token = isClass(provider) ? provider : provider.provide;
      if (this.overridden.has(key) || !isInjectionToken(token) || !token.derivation) continue;
      this.overridden.add(key);
      module.providers.push(providerNode(module, token, provider, { multi: false, fallback: false }));
      module.exports.push(token);
    }
  }

  private addProvider(module: ModuleNode, declared: Provider, index: number): void {
    const invalid = invalidProvider(declared);
    if (invalid) {
      const message = `Cannot use entry ${index} of ${module.name}.providers: ${invalid.what}.`;
      this.problems.push(invalidEntry(module, 'SKERRY_DI_INVALID_PROVIDER', message, invalid));
      return;
    }
    const token = isClass(declared) ? declared : declared.provide;
    const key = tokenKey(token);
    const override = this.overrides.get(key);
    if (override) {
      // Of several entries of a multi provider the first gives way to the override, and the others give way to it too.
      const again = this.overridden.has(key) && module.providers.some((each) => tokenKey(each.token) === key);
      this.overridden.add(key);
      if (again) return;
    }
    const { multi = false, fallback = false } = isClass(declared) ? {} : declared;
    module.providers.push(providerNode(module, token, override ?? declared, { multi, fallback }));
  }

  private uniqueName(name: string): string {
    const count = (this.names.get(name) ?? 0) + 1;
    this.names.set(name, count);
    return count === 1 ? name : `${name}#${count}`;
  }
}

function invalidEntry(
  module: ModuleNode,
  code: Problem['code'],
  message: string,
  { cause, fix }: Pick<Problem, 'cause' | 'fix'>,
): Problem {
  const place = at(module.site, module.type.name);
  return { code, message, ...place, path: module.path, found: [], ...(cause ? { cause } : {}), fix };
}
