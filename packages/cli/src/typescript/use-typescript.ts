import { register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { CompiledFiles } from './compiled-files.js';
import { fromScheme, type HookOptions } from './hook-options.js';
import { traceSources } from './stack-traces.js';

const used = Symbol.for('skerry.cli.typescript');

/** From now on this process imports the TypeScript files of the workspace. Only the first call counts. */
export function useTypeScript(options: HookOptions): void {
  const global = globalThis as { [used]?: true };
  if (global[used]) return;
  global[used] = true;
  register('./hooks.js', import.meta.url, { data: options });
  traceSources(new CompiledFiles(options.root), options.root);
}

/** What `specifier` means in a file; for `import()`, once {@link useTypeScript} was called. */
export function importedFrom(path: string, specifier: string): string {
  return `${fromScheme}${pathToFileURL(path).href}#${specifier}`;
}
