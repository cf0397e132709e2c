import { readFile } from 'node:fs/promises';
import { createRequire, isBuiltin } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type * as Swc from '@swc/core';
import type * as Esbuild from 'esbuild';
import { compile } from '../typescript/compile.js';
import { CompileError } from '../typescript/compile-error.js';
import { isTypeScript } from '../typescript/typescript-file.js';
import { UsageError } from '../usage-error.js';
import type { ServiceApp } from '../workspace/service-apps.js';
import { isNative } from './native-packages.js';
import type { Output } from './write-output.js';

export interface Bundle {
  readonly output: Output;
  /** Packages that have to be installed beside it. */
  readonly external: readonly string[];
}

// CommonJS inside of an ES module asks for these.
const banner = [
  `import { createRequire as skerryCreateRequire } from 'node:module';`,
  `import { fileURLToPath as skerryPathOf } from 'node:url';`,
  `const require = skerryCreateRequire(import.meta.url);`,
  `const __filename = skerryPathOf(import.meta.url);`,
  `const __dirname = skerryPathOf(new URL('.', import.meta.url));`,
].join('\n');

/**
 * Makes one file of an application and all that it imports, but for native addons, what is not installed, and what `external`
 * names. swc compiles, so that metadata are kept; esbuild puts together, and keeps the names of classes.
 */
export async function bundlePackage(
  swc: typeof Swc,
  { directory, entry, standalone }: ServiceApp,
  external: readonly string[],
): Promise<Bundle> {
  const outside = new Set<string>(external);
  const starter = standalone ? undefined : starterOf(entry, directory);
  const building = loadEsbuild(directory).build({
    ...(starter === undefined
      ? { entryPoints: [entry] }
      : { stdin: { contents: starter, resolveDir: directory, sourcefile: 'start.js' } }),
    absWorkingDir: directory,
    outfile: join(directory, 'dist/main.js'),
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    conditions: ['@skerry/source'],
    banner: { js: banner },
    external: [...external],
    legalComments: 'none',
    logLevel: 'silent',
    plugins: [outsiders(outside), compiled(swc)],
  });
  const { outputFiles } = await building.catch((error: unknown) => {
    throw mistakesOf(error, directory);
  });
  const output = new Map(outputFiles.map(({ path, contents }) => [basename(path), Buffer.from(contents)]));
  return { output, external: [...outside].sort() };
}

/** For an application without a main file. */
function starterOf(module: string, directory: string): string {
  const [file = '', exportName] = module.split('#');
  const from = JSON.stringify(`./${relative(directory, file)}`);
  const root = exportName === undefined ? `() => import(${from})` : `async () => (await import(${from})).${exportName}`;
  return `import { Skerry } from '@skerry/core';\nawait Skerry.run(${root});\n`;
}

// What an ES module requires by name is as well known as what it imports; esbuild sees no `require` but the global one.
const ownRequire = /^(?:const|let|var) require = createRequire\(import\.meta\.url\);/m;

function compiled(swc: typeof Swc): Esbuild.Plugin {
  return {
    name: 'compiled',
    setup(build) {
      build.onLoad({ filter: /\.m?(js|tsx?)$/ }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const code = isTypeScript(path) ? compile(swc, path, source, { sourceMaps: 'inline' }).code : source;
        if (code === source && !ownRequire.test(source)) return undefined;
        // On a line of its own, so that the source map stays right.
        return { contents: code.replace(ownRequire, ''), loader: 'js', resolveDir: dirname(path) };
      });
    },
  };
}

/** Leaves out what cannot be in a bundle: native addons, and what is imported only if it is there. */
function outsiders(outside: Set<string>): Esbuild.Plugin {
  const asked = Symbol('asked');
  return {
    name: 'outsiders',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, async ({ path, ...options }) => {
        if (options.pluginData === asked || options.kind === 'entry-point' || isBuiltin(path)) return undefined;
        const found = await build.resolve(path, { ...options, pluginData: asked });
        if (found.external) return found;
        const file = found.errors.length === 0 ? found.path : builtFile(path, options.resolveDir);
        if (file !== undefined && !isNative(file)) return found.errors.length === 0 ? found : { path: file };
        outside.add(packageName(path));
        return { path, external: true };
      });
    },
  };
}

/** Where a package was built: it may list a source that was not published with it. */
function builtFile(specifier: string, directory: string): string | undefined {
  try {
    return createRequire(join(directory, 'package.json')).resolve(specifier);
  } catch {
    return undefined;
  }
}

function packageName(path: string): string {
  return path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/');
}

/** What esbuild complains about, as compiling one file after the other would. */
function mistakesOf(failure: unknown, directory: string): unknown {
  const { errors } = failure as Partial<Esbuild.BuildFailure>;
  if (!Array.isArray(errors)) return failure;
  const mistakes = errors.map(({ detail, location, text }) => {
    if (detail instanceof CompileError) return detail;
    if (!location) return new CompileError({ path: directory, reason: text, excerpt: '' });
    const { file, line, column, lineText } = location;
    const margin = `${line} | `;
    const excerpt = `${margin}${lineText}\n${':'.padStart(margin.length - 1)} ${' '.repeat(column)}^`;
    return new CompileError({ path: resolve(directory, file), line, column: column + 1, reason: text, excerpt });
  });
  return new AggregateError(mistakes, `${mistakes.length} mistakes`);
}

function loadEsbuild(directory: string): typeof Esbuild {
  for (const from of [join(directory, 'package.json'), import.meta.url]) {
    try {
      return createRequire(from)('esbuild') as typeof Esbuild;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  throw new UsageError('Cannot make one file of it: esbuild is not installed.', 'npm install --save-dev esbuild');
}
