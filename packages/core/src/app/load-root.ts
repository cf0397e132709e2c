import { isClass } from '../container/token.js';
import { SkerryError } from '../errors/skerry-error.js';
import { explainImportError } from '../module/esm-cycle.js';
import { declaredModule, isDynamicModule, type ModuleImport } from '../module/module.js';

/**
 * The root module, or an arrow function that imports it: `() => import('./app.module.js')`. The function lets Skerry explain
 * what goes wrong while importing, such as files that import each other in a circle.
 */
export type RootModule = ModuleImport | (() => Promise<object>);

/** Loads the root module; rejects with `SKERRY_ESM_CYCLE` or `SKERRY_APP_LOAD_FAILED` when that fails. */
export async function loadRoot(root: RootModule, what = 'the application'): Promise<unknown> {
  if (typeof root !== 'function' || isClass(root)) return root;
  let loaded: unknown;
  try {
    loaded = await (root as () => unknown)();
  } catch (error) {
    throw explainImportError(error, what);
  }
  return isNamespace(loaded) ? moduleOf(loaded, what) : loaded;
}

function isNamespace(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !isDynamicModule(value);
}

/** The module that a file exports: as `default`, as `AppModule`, or as its only one. */
function moduleOf(namespace: Record<string, unknown>, what: string): unknown {
  const modules = Object.entries(namespace).filter(
    ([, value]) => isDynamicModule(value) || (isClass(value) && declaredModule(value)),
  );
  const chosen =
    modules.find(([name]) => name === 'default') ??
    modules.find(([name]) => name === 'AppModule') ??
    (modules.length === 1 ? modules[0] : undefined);
  if (chosen) return chosen[1];
  const names = modules.map(([name]) => name);
  throw new SkerryError(
    'SKERRY_APP_LOAD_FAILED',
    names.length === 0
      ? `Cannot load ${what}: it exports no class with @Module. Its exports are ${Object.keys(namespace).join(', ') || 'none'}.`
      : `Cannot load ${what}: it exports several modules (${names.join(', ')}). Export the root as default, or call it AppModule.`,
  );
}

/** What the application is called: its root module's class. */
export function rootName(module: unknown): string {
  const type = isDynamicModule(module) ? module.module : module;
  return isClass(type) ? type.name : 'application';
}
