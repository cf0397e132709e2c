import { basename, join, relative } from 'node:path';
import { sourceNames } from '../typescript/typescript-file.js';
import { isFile } from './manifest.js';
import type { Workspace, WorkspacePackage } from './workspace.js';

/** An application of the workspace that serves. */
export interface ServiceApp {
  /** What it is called here: the last part of its package's name, or its directory where another is called the same. */
  readonly name: string;
  /** Absolute. */
  readonly directory: string;
  /** Absolute: what is run. */
  readonly entry: string;
  /** Whether {@link entry} runs by itself; else it is the file of the root module, with its export perhaps. */
  readonly standalone: boolean;
  /** The root module, as commands take it: absolute, with its export perhaps. */
  readonly module: string;
}

const usualModule = 'src/app.module.ts';

/** The service applications of a workspace: packages that name `"skerry": { "module": ... }` or have `src/app.module.ts`. */
export function serviceApps({ root, packages }: Workspace): ServiceApp[] {
  const apps = packages.flatMap((each) => {
    const module = moduleOf(each);
    return module === undefined ? [] : [{ each, module, name: nameOf(each) }];
  });
  return apps.map(({ each: { directory }, module, name }) => {
    const taken = apps.filter((other) => other.name === name).length > 1;
    const main = ['src/main.ts', 'src/main.mts'].map((file) => join(directory, file)).find(isFile);
    return {
      name: taken ? relative(root, directory) : name,
      directory,
      entry: main ?? module,
      standalone: main !== undefined,
      module,
    };
  });
}

/** What package.json names, as TypeScript where there is some: `dist/app.module.js` is `src/app.module.ts`. */
function moduleOf({ directory, manifest }: WorkspacePackage): string | undefined {
  const named = manifest.skerry?.module;
  const usual = join(directory, usualModule);
  if (typeof named !== 'string') return isFile(usual) ? usual : undefined;
  const [file = '', exportName] = named.split('#');
  const suffix = exportName ? `#${exportName}` : '';
  const inSources = file.replace(/^(\.\/)?dist\//, 'src/');
  const source = [...sourceNames(inSources), inSources].map((each) => join(directory, each)).find(isFile);
  return (source ?? join(directory, file)) + suffix;
}

function nameOf({ directory, manifest }: WorkspacePackage): string {
  return manifest.name?.split('/').at(-1) || basename(directory);
}
