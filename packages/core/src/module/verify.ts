import { isClass, isToken, tokenName } from '../container/token.js';
import { nearest } from '../errors/nearest.js';
import { order } from './cycles.js';
import type { ModuleGraph, ModuleNode, ProviderNode } from './graph.js';
import { hiddenEngines } from './hidden-engines.js';
import { loadImport } from './load-import.js';
import { declaredModule, type DynamicModule } from './module.js';
import { at, GraphError, type Problem } from './problem.js';
import { shown, unevaluated } from './provider-node.js';
import { resolve } from './resolve.js';
import { scan, type Overrides } from './scan.js';
import type { Seams } from './seams.js';
import { captures } from './scopes.js';
import { provideStandIns } from './stand-ins.js';
import { Visibility } from './visibility.js';

/** A further check of what the graph holds, for rules that belong to others: services and their handlers. */
export type GraphCheck = (graph: CheckedGraph) => Problem[];

/** What a check may look at. */
export interface CheckedGraph {
  readonly modules: readonly ModuleNode[];
  readonly providers: readonly ProviderNode[];
  readonly visibility: Visibility;
}

export interface VerifyOptions {
  /** Skerry's own module. */
  readonly builtIn: DynamicModule;
  readonly overrides?: Overrides;
  readonly seams?: Seams;
  readonly checks?: readonly GraphCheck[];
}

/**
 * Reads the module graph and proves that everything in it can be created, before anything is. Rejects with a
 * {@link GraphError} that carries all problems at once.
 */
export async function verify(rootModule: unknown, options: VerifyOptions): Promise<ModuleGraph> {
  const loaded = await loadImport(rootModule);
  if (!('module' in loaded)) {
    throw new GraphError('The application', [
      {
        code: 'SKERRY_MODULE_INVALID_IMPORT',
        message: `Cannot use the root module: ${loaded.what}.`,
        path: [],
        found: [],
        ...(loaded.cause ? { cause: loaded.cause } : {}),
        fix: 'pass a class decorated with @Module({ ... })',
      },
    ]);
  }
  const overrides = options.overrides ?? new Map<unknown, never>();
  const { seams = {} } = options;
  const { root, builtIn, modules, problems, overridden } = await scan(loaded.module, options.builtIn, overrides, seams);
  let visibility = new Visibility(root, modules);
  const used = new Set(overridden);
  if (seams.standIn) {
    for (const key of provideStandIns(builtIn, modules, visibility, seams.standIn)) used.add(key);
    visibility = new Visibility(root, modules);
  }
  const providers = modules.flatMap((module) => module.providers);
  problems.push(...modules.flatMap((module) => invalidExports(module, visibility)));
  problems.push(...unusedOverrides(root, overrides, used, providers));
  problems.push(...unusedModules(root, seams, used, modules));
  problems.push(...hiddenEngines(root, modules, visibility));
  problems.push(...resolve(modules, visibility));
  const ordered = order(providers);
  problems.push(...ordered.problems, ...captures(ordered.order));
  problems.push(...(options.checks ?? []).flatMap((check) => check({ modules, providers, visibility })));
  if (problems.length > 0) throw new GraphError(root.name, problems);
  return { root, modules, providers: ordered.order, visibility };
}

function invalidExports(module: ModuleNode, visibility: Visibility): Problem[] {
  return module.exports.flatMap((entry: unknown, index): Problem[] => {
    const reexported = module.imports.some((each) => each.type === entry);
    if (reexported || (isToken(entry) && visibility.meant(module, entry).length > 0)) return [];
    return [invalidExport(module, entry, index, visibility)];
  });
}

function invalidExport(module: ModuleNode, entry: unknown, index: number, visibility: Visibility): Problem {
  const common = {
    code: 'SKERRY_MODULE_INVALID_EXPORT',
    ...at(module.site, module.type.name),
    path: module.path,
  } as const;
  if (!isToken(entry)) {
    return {
      ...common,
      message: `Cannot use entry ${index} of ${module.name}.exports: it is ${shown(entry)}, which is no token and no module class.`,
      ...(entry === undefined ? { cause: unevaluated } : {}),
      found: [],
      fix: 'export a class, another token, or the class of an imported module',
    };
  }
  const name = tokenName(entry);
  const isModule = isClass(entry) && declaredModule(entry) !== undefined;
  const candidates = nearest(
    name,
    visibility.all(module).map((each) => each.name),
  );
  return {
    ...common,
    message: `Cannot export ${name} from ${module.name} (entry ${index} of exports): the module neither provides nor imports it.`,
    found: candidates.map((candidate) => `${module.name} sees ${candidate}`),
    fix: isModule
      ? `add ${name} to ${module.name}.imports as well`
      : `add ${name} to ${module.name}.providers, import a module that exports it, or remove it from exports`,
  };
}

function unusedOverrides(
  root: ModuleNode,
  overrides: Overrides,
  used: ReadonlySet<unknown>,
  providers: readonly ProviderNode[],
): Problem[] {
  const names = providers.map(({ name }) => name);
  return [...overrides].flatMap(([key, provider]): Problem[] => {
    if (used.has(key)) return [];
    const name = tokenName(isClass(provider) ? provider : provider.provide);
    return [
      {
        code: 'SKERRY_DI_UNUSED_OVERRIDE',
        message: `Cannot override ${name}: nothing in ${root.name} provides it.`,
        path: root.path,
        found: nearest(name, names).map((candidate) => `${candidate} is provided`),
        fix: 'remove the override, or override the token that the application really provides',
      },
    ];
  });
}

function unusedModules(
  root: ModuleNode,
  { modules: replaced = new Map() }: Seams,
  used: ReadonlySet<unknown>,
  modules: readonly ModuleNode[],
): Problem[] {
  const names = modules.filter((each) => !each.builtIn && each !== root).map(({ name }) => name);
  return [...replaced.keys()].flatMap((type): Problem[] => {
    if (used.has(type)) return [];
    return [
      {
        code: 'SKERRY_DI_UNUSED_OVERRIDE',
        message: `Cannot override the module ${type.name}: nothing in ${root.name} imports it.`,
        path: root.path,
        found: nearest(type.name, names).map((candidate) => `${candidate} is imported`),
        fix: 'remove the override, or override a module that the application really imports',
      },
    ];
  });
}
