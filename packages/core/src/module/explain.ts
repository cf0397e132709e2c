import { injectableOf } from '../container/injectable.js';
import { parameterNames } from '../container/parameter-names.js';
import { constructorOwner, type Parameter } from '../container/parameters.js';
import { isClass, tokenName } from '../container/token.js';
import type { ModuleNode, ProviderNode } from './graph.js';
import { at, type Problem } from './problem.js';

/** Several providers fit equally well. */
export function ambiguous(owner: ProviderNode, parameter: Parameter, providers: readonly ProviderNode[]): Problem {
  const { name } = providers[0]!;
  const modules = [...new Set(providers.map((each) => each.module.name))];
  const fix = providers.some((each) => each.multi)
    ? `make all providers of ${name} multi, or none`
    : modules.length === 1
      ? `keep one of them in ${modules[0]}.providers, or mark all with multi: true to inject an array`
      : `let only one of ${modules.join(', ')} export ${name}, or provide it in ${owner.module.name} itself`;
  return {
    code: 'SKERRY_DI_AMBIGUOUS',
    message: `${subject(owner)}: ${providers.length} providers of ${name} are in sight (${slot(owner, parameter)}).`,
    ...place(owner, parameter),
    path: [...owner.module.path, owner.name, name],
    found: providers.map((each) => `${each.module.name} provides ${name} by ${recipe(each)}${where(each.module)}`),
    fix,
  };
}

/** A parameter says nothing about what it wants. */
export function lostMetadata(owner: ProviderNode, parameter: Parameter): Problem {
  const lost = parameter.lost!;
  const fixes = {
    class: 'name the token: @Inject(Token), or @Inject(() => Token) for a class that is defined later',
    factory: 'put a token into inject',
    existing: 'put a token into useExisting',
    value: '',
  };
  return {
    code: 'SKERRY_DI_LOST_METADATA',
    message: `${subject(owner)}: the type of a parameter is lost, ${lost.found} was found in its place (${slot(owner, parameter)}).`,
    ...place(owner, parameter),
    path: [...owner.module.path, owner.name, '?'],
    cause: lost.cause,
    found: owner.type ? [drawn(owner, parameter)] : [],
    fix: fixes[owner.kind],
  };
}

/** `Cannot create Orders`. */
export function subject(owner: ProviderNode): string {
  return `Cannot create ${owner.name}`;
}

/** `constructor parameter 1, "payments"`. */
export function slot(owner: ProviderNode, parameter: Parameter): string {
  if (owner.kind === 'existing') return 'useExisting';
  if (!owner.type) return `factory parameter ${parameter.index}`;
  const name = nameOf(owner, parameter);
  return `constructor parameter ${parameter.index}${name ? `, "${name}"` : ''}`;
}

/** How the owner of a parameter asks for it lazily. */
export function lazily(owner: ProviderNode, { token }: Parameter): string {
  const name = token === undefined ? 'Token' : tokenName(token);
  if (!owner.type) return `inject: [{ token: ${name}, lazy: true }]`;
  return `@InjectLazy(${isClass(token) ? `() => ${name}` : name})`;
}

/** Where the parameter stands; for what has no decorator of its own, where its module does. */
export function place(owner: ProviderNode, parameter?: Parameter): Pick<Problem, 'at'> {
  const { type, module } = owner;
  const declaring = type && parameter && constructorOwner(type);
  const inherited = declaring && injectableOf(declaring);
  if (inherited) return at(inherited.site, declaring.name, nameOf(owner, parameter));
  const own = type && injectableOf(type);
  return own ? at(own.site, type.name) : at(module.site, module.type.name);
}

/** ` (apps/shop/apps/orders/src/app.module.ts:7)`, or nothing when that is not known. */
export function where(module: ModuleNode): string {
  const location = at(module.site, module.type.name).at;
  return location ? ` (${location.file}:${location.line})` : '';
}

function nameOf(owner: ProviderNode, parameter: Parameter): string | undefined {
  const declaring = owner.type && constructorOwner(owner.type);
  return declaring && parameterNames(declaring)[parameter.index];
}

/** The constructor with `?` where the type is missing, as Guice and Nest draw it. */
function drawn(owner: ProviderNode, parameter: Parameter): string {
  const list = owner.parameters.map((each) =>
    each.index === parameter.index || !each.token ? '?' : tokenName(each.token),
  );
  return `${owner.name}(${list.join(', ')})`;
}

function recipe({ kind, type, multi }: ProviderNode): string {
  const made = type ? `the class ${type.name}` : `a${kind === 'existing' ? 'n existing token' : ` ${kind}`}`;
  return multi ? `${made}, multi` : made;
}
