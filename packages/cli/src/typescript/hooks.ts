import { statSync } from 'node:fs';
import type { InitializeHook, LoadHook, ResolveHook } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DevLink } from '../dev/dev-link.js';
import { CompiledFiles } from './compiled-files.js';
import { fromScheme, type HookOptions } from './hook-options.js';
import { isOwn, isTypeScript, sourceNames } from './typescript-file.js';

const sourceCondition = '@skerry/source';

let root = '';
let compiled: CompiledFiles;
let link: DevLink | undefined;

export const initialize: InitializeHook<HookOptions> = (options) => {
  root = options.root;
  compiled = new CompiledFiles(root);
  if (options.link === undefined) return;
  link = new DevLink(options.link);
  link.endWithIt();
};

/**
 * Imports of the workspace's own files lead to sources: `./greeter.service.js` to the TypeScript of that name, and a package of
 * the workspace to what it exports under `@skerry/source`. A package that was installed may list a source that it did not
 * bring, and is taken as it was built.
 */
export const resolve: ResolveHook = async (specifier, context, next) => {
  // Taken out before the first call of `next`, which writes what it is given into the context.
  const { conditions, parentURL } = context;
  if (specifier.startsWith(fromScheme)) {
    const [from = '', what = ''] = specifier.slice(fromScheme.length).split('#');
    return resolve(what, { ...context, parentURL: from }, next);
  }
  if (ownPath(parentURL) === undefined) return next(specifier, context);
  if (/^(\.{0,2}\/|file:)/.test(specifier)) {
    const source = sourceOf(new URL(specifier, parentURL));
    return source === undefined
      ? next(specifier, context)
      : { url: pathToFileURL(source).href, format: 'module', shortCircuit: true };
  }
  try {
    const found = await next(specifier, { ...context, conditions: [sourceCondition, ...conditions] });
    if (ownPath(found.url) !== undefined) return found;
  } catch {
    // Told without the condition, if it is a failure then too.
  }
  return next(specifier, { ...context, conditions });
};

export const load: LoadHook = async (url, context, next) => {
  const path = ownPath(url);
  if (path === undefined) return next(url, context);
  link?.send({ loaded: path });
  if (!isTypeScript(path)) return next(url, context);
  return { format: 'module', source: compiled.read(path), shortCircuit: true };
};

function sourceOf(url: URL): string | undefined {
  return url.protocol === 'file:' ? sourceNames(fileURLToPath(url)).find(isFile) : undefined;
}

function ownPath(url: string | undefined): string | undefined {
  if (!url?.startsWith('file:')) return undefined;
  const path = fileURLToPath(url);
  return isOwn(path, root) ? path : undefined;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
