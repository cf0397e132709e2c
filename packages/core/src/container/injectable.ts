import 'reflect-metadata';
import { SkerryError } from '../errors/skerry-error.js';
import { captureSite, type Site } from './location.js';
import type { Scope } from './provider.js';
import type { Class, TokenOrThunk } from './token.js';

// By name, not by identity: classes decorated by another copy of this package are understood.
const injectableKey = Symbol.for('skerry.injectable');
const parametersKey = Symbol.for('skerry.parameters');

export interface InjectableOptions {
  /** Default `singleton`. */
  readonly scope?: Scope;
}

export interface InjectableMetadata extends InjectableOptions {
  /** Where the decorator stands. */
  readonly site: Site;
}

/** What decorators said about one constructor parameter. */
export interface ParameterMetadata {
  readonly token?: TokenOrThunk;
  readonly optional?: boolean;
  readonly lazy?: boolean;
}

/** Makes the compiler record the constructor's types, and says how long an instance lives. */
export function Injectable(options: InjectableOptions = {}): ClassDecorator {
  const site = captureSite(Injectable);
  return (target) => markInjectable(target as unknown as Class, options, site);
}

/** For decorators that imply `@Injectable`. */
export function markInjectable(target: Class, options: InjectableOptions, site: Site): void {
  Reflect.defineMetadata(injectableKey, { ...options, site } satisfies InjectableMetadata, target);
}

/** `undefined` for a class without a decorator of ours; a parent's does not count. */
export function injectableOf(target: Class): InjectableMetadata | undefined {
  return Reflect.getOwnMetadata(injectableKey, target) as InjectableMetadata | undefined;
}

/**
 * Names what is injected here, where the parameter's type alone cannot: an interface, a value, a class imported as a type.
 * An arrow function (`() => Payments`) names a class that is defined later in the file or in a circle of files.
 */
export function Inject(token: TokenOrThunk): ParameterDecorator {
  return (target, method, index) => addParameter(target, method, index, { token });
}

/** Injects `undefined`, instead of failing, where nothing provides it. */
export function Optional(): ParameterDecorator {
  return (target, method, index) => addParameter(target, method, index, { optional: true });
}

/**
 * Injects a `Lazy` whose `get()` gives the instance later. For two classes that need each other: one of the two must not
 * need the other to be created.
 */
export function InjectLazy(token: TokenOrThunk): ParameterDecorator {
  return (target, method, index) => addParameter(target, method, index, { token, lazy: true });
}

function addParameter(
  target: object,
  method: string | symbol | undefined,
  index: number,
  metadata: ParameterMetadata,
): void {
  if (method !== undefined) {
    const { name } = typeof target === 'function' ? target : target.constructor;
    throw new SkerryError(
      'SKERRY_OPTION_INVALID',
      `Cannot inject parameter ${index} of ${name}.${String(method)}: only constructors are injected. Move it to the constructor.`,
    );
  }
  const own = Reflect.getOwnMetadata(parametersKey, target) as Map<number, ParameterMetadata> | undefined;
  const parameters = own ?? new Map<number, ParameterMetadata>();
  parameters.set(index, { ...parameters.get(index), ...metadata });
  if (!own) Reflect.defineMetadata(parametersKey, parameters, target);
}

/** What decorators said about the parameters of the constructor that `target` itself declares. */
export function ownParametersOf(target: Class): ReadonlyMap<number, ParameterMetadata> | undefined {
  return Reflect.getOwnMetadata(parametersKey, target) as Map<number, ParameterMetadata> | undefined;
}
