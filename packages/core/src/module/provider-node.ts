import { injectableOf } from '../container/injectable.js';
import { constructorParameters, factoryParameters } from '../container/parameters.js';
import { isProviderObject, providedClass, recipeOf, scopes, type Provider } from '../container/provider.js';
import { isClass, isToken, tokenName, type Token } from '../container/token.js';
import type { ModuleNode, ProviderNode } from './graph.js';

/** What makes an entry of `providers` none. */
export interface InvalidProvider {
  /** Continues "Cannot use entry 2 of AppModule.providers: ". */
  readonly what: string;
  readonly cause?: string;
  readonly fix: string;
}

/**
 * The node of a provider that was checked to be one.
 *
 * @param provider What makes the instance: as declared for `token`, or an override.
 * @param declared What the declaration says about its neighbours of the same token.
 */
export function providerNode(
  module: ModuleNode,
  token: Token,
  provider: Provider,
  declared: { readonly multi: boolean; readonly fallback: boolean },
): ProviderNode {
  const name = tokenName(token);
  const common = {
    id: Symbol(name),
    token,
    name,
    module,
    multi: declared.multi,
    fallback: declared.fallback,
    edges: [],
  };
  const type = providedClass(provider);
  if (type) {
    return {
      ...common,
      kind: 'class',
      type,
      scope: ('useClass' in provider && provider.scope) || injectableOf(type)?.scope || 'singleton',
      create: (...dependencies) => new type(...(dependencies as never[])),
      parameters: constructorParameters(type),
    };
  }
  if ('useFactory' in provider) {
    return {
      ...common,
      kind: 'factory',
      scope: provider.scope ?? 'singleton',
      create: (...dependencies) => provider.useFactory(...(dependencies as never[])),
      parameters: factoryParameters(provider.inject ?? []),
    };
  }
  if ('useExisting' in provider) {
    // Transient: the target alone decides how long the instance lives.
    const parameters = factoryParameters([provider.useExisting]);
    return { ...common, kind: 'existing', scope: 'transient', create: (existing) => existing, parameters };
  }
  const { useValue } = provider as { useValue: unknown };
  return { ...common, kind: 'value', scope: 'singleton', create: () => useValue, parameters: [] };
}

/** What is wrong with an entry of `providers`; `undefined` for a provider. */
export function invalidProvider(entry: unknown): InvalidProvider | undefined {
  if (isClass(entry)) return invalidScope(injectableOf(entry)?.scope);
  if (entry === undefined || entry === null) return undefinedEntry(`it is ${String(entry)}`);
  if (!isProviderObject(entry)) {
    return {
      what: 'it is no class and has no `provide`',
      fix: 'write the class itself, or { provide: Token, useClass | useValue | useFactory | useExisting: ... }',
    };
  }
  if (entry.provide === undefined) return undefinedEntry('its `provide` is undefined');
  if (!isToken(entry.provide)) {
    return {
      what: `its \`provide\` is ${shown(entry.provide)}, which is no token`,
      fix: 'provide a class, an InjectionToken, a symbol or a string that is not empty',
    };
  }
  const recipe = recipeOf(entry);
  if (!recipe) {
    return {
      what: `it provides ${tokenName(entry.provide)} in no way, or in several`,
      fix: 'give it exactly one of useClass, useValue, useFactory, useExisting',
    };
  }
  const { [recipe]: value, scope } = entry as Record<string, unknown>;
  if (recipe === 'useValue') return undefined;
  const of = `of ${tokenName(entry.provide)}`;
  if (value === undefined) return undefinedEntry(`the ${recipe} ${of} is undefined`);
  if (recipe === 'useClass' && !isClass(value)) {
    return { what: `the useClass ${of} is ${shown(value)}, which is no class`, fix: 'give it a class' };
  }
  if (recipe === 'useFactory' && typeof value !== 'function') {
    return { what: `the useFactory ${of} is ${shown(value)}, which is no function`, fix: 'give it a function' };
  }
  if (recipe === 'useExisting' && !isToken(value) && typeof value !== 'function') {
    return {
      what: `the useExisting ${of} is ${shown(value)}, which is no token`,
      fix: 'give it a token that is provided',
    };
  }
  return invalidScope(scope ?? (isClass(value) ? injectableOf(value)?.scope : undefined));
}

/** Why something that a file exports is undefined. */
export const unevaluated = 'its file is being imported in a circle, or exports nothing of that name';

function undefinedEntry(what: string): InvalidProvider {
  return {
    what,
    cause: unevaluated,
    fix: 'import it from the file that defines it, and break the circle of imports',
  };
}

function invalidScope(scope: unknown): InvalidProvider | undefined {
  if (scope === undefined || scopes.some((each) => each === scope)) return undefined;
  return { what: `its scope is ${shown(scope)}`, fix: `make it one of ${scopes.join(', ')}` };
}

/** A value as a message shows it. */
export function shown(value: unknown): string {
  if (typeof value === 'object') return value === null ? 'null' : 'an object';
  if (typeof value === 'function') return 'a function';
  return typeof value === 'string' ? `'${value}'` : String(value);
}
