import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { applicationsHere } from './applications-here.js';
import { isTypeScript } from '../typescript/typescript-file.js';
import { findSwc } from '../typescript/swc.js';
import { UsageError } from '../usage-error.js';

/** A file with an application's root module: JavaScript, or TypeScript where it can be compiled on the way. */
export interface ModuleFile {
  /** Absolute. */
  readonly path: string;
  /** The export that is meant; absent when the file says so itself. */
  readonly exportName?: string;
  /** For messages: relative to the working directory, with the export. */
  readonly shown: string;
  /** Something about the choice of the file that is worth a line. */
  readonly note?: string;
}

const usual = 'dist/app.module.js';

/**
 * Finds the file that is meant by `asked` (`dist/app.module.js`, `dist/modules.js#ShopModule`, `src/app.module.ts`), or, when
 * nothing was said, by the package.json of the working directory. Throws a `UsageError` that says what was looked for.
 *
 * @param origin Who asked, for messages: `, which SKERRY_APP names`. Default: whoever wrote the command.
 * @param compiler Finds what compiles TypeScript for a directory. Where there is none, what was compiled of it is taken.
 */
export function findModuleFile(
  asked: string | undefined,
  cwd: string,
  origin = '',
  compiler: (directory: string) => string | undefined = findSwc,
): ModuleFile {
  if (asked !== undefined) return chosen(asked, cwd, origin, compiler);
  const configured = configuredModule(cwd);
  if (configured !== undefined) return chosen(configured, cwd, ', which package.json names as skerry.module', compiler);
  if (isFile(join(cwd, usual))) return chosen(usual, cwd, '', compiler);
  throw new UsageError(
    `Cannot find an application in ${cwd}: package.json names no "skerry": { "module": ... }, and there is no ${usual}.`,
    whereToLook(cwd),
  );
}

function whereToLook(cwd: string): string {
  const [first, ...others] = applicationsHere(cwd).map(({ module }) => relative(cwd, module));
  if (first === undefined)
    return 'build it first, or name the file of its root module: skerry run path/to/app.module.js';
  return `name one of the workspace: ${[first, ...others].join(', ')}`;
}

function chosen(
  asked: string,
  cwd: string,
  origin: string,
  compiler: (directory: string) => string | undefined,
): ModuleFile {
  const { file, exportName } = split(asked, cwd);
  const path = resolve(cwd, file);
  const named = exportName === undefined ? {} : { exportName };
  const shown = (actual: string): string => relative(cwd, actual) + (exportName === undefined ? '' : `#${exportName}`);
  const typescript = /\.[cm]?tsx?$/.test(path);
  if (isFile(path) && (!typescript || (isTypeScript(path) && compiler(dirname(path)) !== undefined))) {
    return { path, ...named, shown: shown(path) };
  }
  if (!typescript) {
    throw new UsageError(
      `Cannot find ${file}${origin}: ${whatIsThere(path)}.`,
      'name the compiled file of the root module',
    );
  }
  const twins = twinsOf(path);
  const twin = twins.find(isFile);
  if (twin === undefined) {
    const looked = twins.map((each) => relative(cwd, each)).join(', nor ');
    const why = isFile(path) ? `it is TypeScript, and was not compiled: there is no ${looked}` : whatIsThere(path);
    throw new UsageError(
      `Cannot run ${file}${origin}: ${why}.`,
      isFile(path)
        ? 'npm install --save-dev @swc/core, or build it, and write the same again'
        : 'name a file that is there',
    );
  }
  const outdated = isFile(path) && statSync(path).mtimeMs > statSync(twin).mtimeMs;
  const note = `${file} is TypeScript: using ${relative(cwd, twin)}${outdated ? ', which is older: build again' : ''}`;
  return { path: twin, ...named, shown: shown(twin), note };
}

/** A file's own name may contain the sign. */
function split(asked: string, cwd: string): { file: string; exportName?: string } {
  const hash = asked.lastIndexOf('#');
  if (hash <= 0 || isFile(resolve(cwd, asked))) return { file: asked };
  const exportName = asked.slice(hash + 1);
  return { file: asked.slice(0, hash), ...(exportName === '' ? {} : { exportName }) };
}

/** Where compilers put what a TypeScript file becomes: in `dist`, with or without `src`; or beside it. */
function twinsOf(path: string): string[] {
  const compiled = path.replace(/\.([cm]?)tsx?$/, '.$1js');
  const root = packageOf(path);
  if (root === undefined) return [compiled];
  const inside = relative(root, compiled);
  const dist = inside.startsWith(`src${sep}`) ? inside.slice(4) : inside;
  return [...new Set([join(root, 'dist', dist), join(root, 'dist', inside), compiled])];
}

/** The nearest directory upwards that has a package.json. */
function packageOf(path: string): string | undefined {
  for (let directory = dirname(path); ; directory = dirname(directory)) {
    if (isFile(join(directory, 'package.json'))) return directory;
    if (directory === dirname(directory)) return undefined;
  }
}

function configuredModule(cwd: string): string | undefined {
  const path = join(cwd, 'package.json');
  if (!isFile(path)) return undefined;
  let parsed: { skerry?: { module?: unknown } } | null;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8')) as typeof parsed;
  } catch (error) {
    throw new UsageError(`Cannot read ${path}: ${(error as Error).message}.`, 'mend it, or name the module');
  }
  const module = parsed?.skerry?.module;
  if (module === undefined || (typeof module === 'string' && module !== '')) return module;
  throw new UsageError(
    `Cannot use ${path}: skerry.module is ${JSON.stringify(module)}, and no path.`,
    `write "skerry": { "module": "${usual}" }`,
  );
}

/** What to choose from instead. */
function whatIsThere(path: string): string {
  if (existsSync(path)) return 'it is a directory';
  const directory = dirname(path);
  if (!existsSync(directory)) return `there is no directory ${directory}; was it built?`;
  const modules = readdirSync(directory).filter((name) => /module\.[cm]?js$/.test(name));
  return `${directory} has ${modules.length > 0 ? modules.slice(0, 5).join(', ') : `no ${basename(path)}`}`;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
