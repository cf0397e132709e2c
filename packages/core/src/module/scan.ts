import { types } from 'node:util';
import type { Provider } from '../container/provider.js';
import { isClass, isInjectionToken, tokenKey, tokenName, type Class } from '../container/token.js';
import type { ModuleNode, ProviderNode } from './graph.js';
import { loadImport, type LoadedImport } from './load-import.js';
import { declaredModule, isDynamicModule, type DynamicModule, type ModuleImport } from './module.js';
import { at, type Problem } from './problem.js';
import { invalidProvider, providerNode } from './provider-node.js';
import type { Seams } from './seams.js';

/**
 * What is provided instead, by {@link tokenKey}: how tests replace a part. One for a class also replaces what makes that class for
 * another token: `{ provide: Guard, useClass: AdminsOnly, multi: true }`.
 */
export type Overrides = ReadonlyMap<unknown, Provider>;

export interface Scan {
  readonly root: ModuleNode;
  readonly builtIn: ModuleNode;
  readonly modules: readonly ModuleNode[];
  readonly problems: Problem[];
  /** The overrides that took the place of something, those of modules by their classes. */
  readonly overridden: ReadonlySet<unknown>;
}

/**
 * Walks from the root through `imports`, nearest first, and writes down what each module declares. Nothing is resolved yet
 * and nothing is created; what is not what it should be becomes a problem and is left out.
 *
 * @param builtIn Skerry's own module, imported by all as a global one.
 */
export async function scan(
  root: LoadedImport,
  builtIn: DynamicModule,
  overrides: Overrides,
  seams: Seams = {},
): Promise<Scan> {
  const walk = new Walk(overrides, seams);
  const rootNode = walk.add(root, []);
  const builtInNode = walk.add(builtIn, [], true);
  await walk.finish();
  walk.redirectExports();
  walk.provideDerived(builtInNode);
  const { problems, overridden } = walk;
  return { root: rootNode, builtIn: builtInNode, modules: [...walk.modules.values()], problems, overridden };
}

class Walk {
  /** By class, or by the object of a dynamic module: what makes two imports the same module. */
  readonly modules = new Map<object, ModuleNode>();
  readonly problems: Problem[] = [];
  readonly overridden = new Set<unknown>();
  private readonly substitutes = new Map<unknown, Class>();
  private readonly queue: { node: ModuleNode; imports: readonly ModuleImport[] }[] = [];
  private readonly names = new Map<string, number>();

  constructor(
    private readonly overrides: Overrides,
    private readonly seams: Seams,
  ) {}

  async finish(): Promise<void> {
    // The queue grows while it is walked: breadth first.
    for (const { node, imports } of this.queue) {
      for (const [index, entry] of imports.entries()) {
        const loaded = await this.load(entry, node);
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

  /** What is imported, or what stands in its place; that may import what it stands for. */
  private async load(entry: ModuleImport, into: ModuleNode): ReturnType<typeof loadImport> {
    const loaded = await loadImport(entry);
    if (!('module' in loaded)) return loaded;
    const type = classOf(loaded.module);
    const instead = this.seams.modules?.get(type);
    if (instead === undefined) return loaded;
    const replaced = await loadImport(instead);
    if ('module' in replaced) {
      if (into.type === classOf(replaced.module)) return loaded;
      this.overridden.add(type);
      this.substitutes.set(type, classOf(replaced.module));
    }
    return replaced;
  }

  /** Lets exports of a module that was replaced mean the one in its place. */
  redirectExports(): void {
    for (const { exports, imports } of this.modules.values()) {
      for (const [index, entry] of exports.entries()) {
        const instead = this.substitutes.get(entry);
        if (instead && imports.some(({ type }) => type === instead)) exports[index] = instead;
      }
    }
  }

  /** Overrides of tokens that are otherwise derived, such as a client's: nobody provides those, so Skerry does. */
  provideDerived(module: ModuleNode): void {
    for (const [key, provider] of this.overrides) {
      const token = isClass(provider) ? provider : provider.provide;
      if (this.overridden.has(key) || !isInjectionToken(token) || !token.derivation) continue;
      this.overridden.add(key);
      module.providers.push(this.wrapped(providerNode(module, token, provider, { multi: false, fallback: false })));
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
    const made = override ?? this.overrideOfClass(declared) ?? declared;
    module.providers.push(this.wrapped(providerNode(module, token, made, { multi, fallback })));
  }

  /** The override of the class that a provider makes, or has as its value, for another token. */
  private overrideOfClass(declared: Provider): Provider | undefined {
    const made = madeClass(declared);
    const override = made && this.overrides.get(made);
    if (override) this.overridden.add(made);
    return override;
  }

  private wrapped(node: ProviderNode): ProviderNode {
    const wrap = this.seams.wraps?.get(tokenKey(node.token));
    if (!wrap) return node;
    const create = (...dependencies: unknown[]): unknown => {
      const made = node.create(...dependencies);
      return types.isPromise(made) ? made.then(wrap) : wrap(made);
    };
    return { ...node, create };
  }

  private uniqueName(name: string): string {
    const count = (this.names.get(name) ?? 0) + 1;
    this.names.set(name, count);
    return count === 1 ? name : `${name}#${count}`;
  }
}

function classOf(module: LoadedImport): Class {
  return isDynamicModule(module) ? module.module : (module as Class);
}

function madeClass(declared: Provider): Class | undefined {
  if (isClass(declared)) return undefined;
  if ('useClass' in declared) return declared.useClass;
  if (!('useValue' in declared) || typeof declared.useValue !== 'object' || declared.useValue === null)
    return undefined;
  const { constructor } = declared.useValue as object;
  return isClass(constructor) && constructor !== Object ? constructor : undefined;
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
