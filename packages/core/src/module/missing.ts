import { injectableOf } from '../container/injectable.js';
import type { Parameter } from '../container/parameters.js';
import { isClass, tokenKey, tokenName, type Class, type Token } from '../container/token.js';
import { nearest } from '../errors/nearest.js';
import { place, slot, subject, where } from './explain.js';
import type { ModuleNode, ProviderNode } from './graph.js';
import { at, type Problem } from './problem.js';
import type { Visibility } from './visibility.js';

/** A dependency that nothing in sight provides. */
interface Wanted {
  readonly owner: ProviderNode;
  readonly token: Token;
  readonly name: string;
  readonly modules: readonly ModuleNode[];
  readonly visibility: Visibility;
  /** `Cannot create Orders`. */
  readonly what: string;
  /** `(constructor parameter 1, "payments")`. */
  readonly which: string;
  readonly common: Pick<Problem, 'at' | 'path'>;
}

/** Nothing in sight provides `token`: says whether it exists elsewhere, and what to do about it. */
export function missing(
  owner: ProviderNode,
  parameter: Parameter,
  token: Token,
  modules: readonly ModuleNode[],
  visibility: Visibility,
): Problem {
  const common = { ...place(owner, parameter), path: [...owner.module.path, owner.name, tokenName(token)] };
  return unprovided({
    ...{ owner, token, modules, visibility, common },
    what: subject(owner),
    which: `(${slot(owner, parameter)})`,
  });
}

/** As {@link missing}, for what is asked for in another way than by a constructor. */
export function unprovided(request: Omit<Wanted, 'name'>): Problem {
  const { owner, token, modules, visibility } = request;
  const wanted: Wanted = { ...request, name: tokenName(token) };
  const elsewhere = modules.flatMap((module) => module.providers.filter((each) => sameToken(each.token, token)));
  const imported = elsewhere.find((each) => owner.module.imports.includes(each.module));
  if (imported) return notExported(wanted, imported.module);
  const far = elsewhere.find((each) => visibility.exportsOf(each.module).has(each)) ?? elsewhere[0];
  if (far) return notImported(wanted, far);
  const namesakes = modules.flatMap((module) => module.providers.filter((each) => isNamesake(each.token, token)));
  const copy = namesakes.find((each) => isCopy(each.token, token));
  return copy ? duplicateClass(wanted, copy) : noProvider(wanted, namesakes);
}

function notExported({ owner, name, what, which, common }: Wanted, module: ModuleNode): Problem {
  return {
    code: 'SKERRY_DI_NOT_EXPORTED',
    message: `${what}: ${module.name}, which ${owner.module.name} imports, does not export ${name} ${which}.`,
    ...common,
    found: [`${module.name} provides ${name}${where(module)}`],
    fix: `add ${name} to ${module.name}.exports`,
  };
}

function notImported({ owner, name, visibility, what, which, common }: Wanted, far: ProviderNode): Problem {
  const [from, to] = [far.module, owner.module];
  const exported = visibility.exportsOf(from).has(far);
  const above = imports(from, to);
  return {
    code: 'SKERRY_DI_NOT_IMPORTED',
    message: `${what}: ${to.name} does not import the module that provides ${name} ${which}.`,
    ...common,
    found: [
      `${from.name} provides ${name}${exported ? '' : ' and does not export it'}${where(from)}`,
      ...(above ? [`${from.name} itself imports ${to.name}`] : []),
    ],
    fix: above
      ? `move ${name} into a module of its own that exports it, and import that in both`
      : `add ${from.name} to ${to.name}.imports${exported ? '' : `, and ${name} to ${from.name}.exports`}`,
  };
}

function duplicateClass({ token, name, what, which, common }: Wanted, copy: ProviderNode): Problem {
  return {
    code: 'SKERRY_DI_DUPLICATE_CLASS',
    message: `${what}: ${copy.module.name} provides another copy of the class ${name} ${which}.`,
    ...common,
    cause: 'two copies of the file that defines it are loaded, mostly because its package is installed twice',
    found: [
      `${copy.module.name} provides the other copy${locationOf(copy.token) || where(copy.module)}`,
      `asked for is the copy${locationOf(token)}`,
    ],
    fix: 'run npm ls to find the package that is installed twice, then npm dedupe; or use an InjectionToken with a key',
  };
}

function noProvider(wanted: Wanted, namesakes: readonly ProviderNode[]): Problem {
  const { owner, token, name, what, which, common } = wanted;
  const others = namesakes.map(
    (each) => `${each.module.name} provides another ${name}${locationOf(each.token) || where(each.module)}`,
  );
  const cause = isClass(token)
    ? 'two classes have this name; classes are told apart by what they are, not by what they are called'
    : 'two tokens have this name; tokens are told apart by what they are, or by their key, not by what they are called';
  return {
    code: 'SKERRY_DI_NO_PROVIDER',
    message: `${what}: nothing provides ${name} ${which}.`,
    ...common,
    ...(others.length > 0 ? { cause } : {}),
    found: [...others, ...similar(wanted)],
    fix: `add ${provision(token)} to ${owner.module.name}.providers, or import a module that exports ${name}`,
  };
}

function similar({ name, owner, modules, visibility }: Wanted): string[] {
  const inSight = new Set(visibility.all(owner.module));
  const all = modules.flatMap((each) => each.providers).filter((each) => each.token !== each.module.type);
  const names = all.map((each) => each.name).filter((each) => each !== name);
  return nearest(name, names).map((candidate) => {
    const named = all.filter((each) => each.name === candidate);
    const visible = named.find((each) => inSight.has(each));
    const hidden = visible ? '' : ', which is not in sight here';
    return `${(visible ?? named[0]!).module.name} provides ${candidate}${hidden}`;
  });
}

/** Whether `from` leads to `to`, so that importing it there would close a circle. */
function imports(from: ModuleNode, to: ModuleNode): boolean {
  const reached = new Set([from]);
  for (const module of reached) for (const each of module.imports) reached.add(each);
  return reached.has(to);
}

function sameToken(one: Token, other: Token): boolean {
  return tokenKey(one) === tokenKey(other);
}

/** Another class, another InjectionToken or another symbol that is called the same. */
function isNamesake(one: Token, other: Token): boolean {
  return typeof one === typeof other && tokenName(one) === tokenName(other);
}

/** Whether two classes of one name come from one file that was loaded twice: they read the same, and nothing says otherwise. */
function isCopy(one: Token, other: Token): boolean {
  if (!isClass(one) || !isClass(other)) return false;
  if (Function.prototype.toString.call(one) !== Function.prototype.toString.call(other)) return false;
  const [file, otherFile] = [fileOf(one), fileOf(other)];
  return file === undefined || otherFile === undefined || file === otherFile;
}

/** The file that defines a class, as its package calls it, wherever that is installed. */
function fileOf(type: Class): string | undefined {
  return at(injectableOf(type)?.site, type.name).at?.file.split('node_modules/').at(-1);
}

function locationOf(token: Token): string {
  const location = isClass(token) ? at(injectableOf(token)?.site, token.name).at : undefined;
  return location ? ` (${location.file}:${location.line})` : '';
}

/** What to write into `providers`. */
function provision(token: Token): string {
  if (isClass(token) && injectableOf(token)) return token.name;
  return `{ provide: ${tokenName(token)}, ${isClass(token) ? 'useClass' : 'useValue'}: ... }`;
}
