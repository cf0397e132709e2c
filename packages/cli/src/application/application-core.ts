import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Core from '@skerry/core';
import type { RootModule } from '@skerry/core';
import { isTypeScript } from '../typescript/typescript-file.js';
import { workspaceRoot } from '../workspace/workspace-root.js';
import type { ModuleFile } from './module-file.js';

/**
 * The copy of `@skerry/core` that the application itself uses. Its classes are tokens: with those of another copy, such as
 * that of a `skerry` that is installed globally, the application would ask for what nobody provides. From then on this process
 * imports TypeScript, where the application is some.
 */
export async function coreOf({ path }: ModuleFile): Promise<typeof Core> {
  if (isTypeScript(path)) {
    const { importedFrom, useTypeScript } = await import('../typescript/use-typescript.js');
    const { loadFramework } = await import('../typescript/load-framework.js');
    const root = workspaceRoot(dirname(path));
    await loadFramework(dirname(path), root);
    useTypeScript({ root });
    return (await import(importedFrom(path, '@skerry/core'))) as typeof Core;
  }
  let entry: string;
  try {
    entry = createRequire(path).resolve('@skerry/core');
  } catch {
    // It brings its own, bundled, or has none; importing the file will tell.
    return import('@skerry/core');
  }
  return (await import(pathToFileURL(entry).href)) as typeof Core;
}

/** What imports the root module when it is called, so that Skerry explains what goes wrong there. */
export function rootOf({ path, exportName, shown }: ModuleFile, { nearest, SkerryError }: typeof Core): RootModule {
  return async () => {
    const exports = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
    if (exportName === undefined) return exports;
    const wanted = exports[exportName];
    if (wanted !== undefined && wanted !== null) return wanted;
    const names = Object.keys(exports);
    const near = nearest(exportName, names);
    const hint =
      near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `It exports ${names.join(', ') || 'nothing'}.`;
    throw new SkerryError('SKERRY_APP_LOAD_FAILED', `Cannot load ${shown}: it exports no ${exportName}. ${hint}`);
  };
}
