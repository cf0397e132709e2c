import { isClass, type Class, type Token, type TokenOrThunk } from './token.js';

/**
 * How long an instance lives: as long as the application (`singleton`, the default), as long as one call (`request`), or
 * one for each place that asks (`transient`).
 */
export type Scope = (typeof scopes)[number];

export const scopes = ['singleton', 'request', 'transient'] as const;

interface Provides<T> {
  readonly provide: Token<T>;
  /** One of many: who injects the token gets an array of all in sight, in order of modules. Default `false`. */
  readonly multi?: boolean;
  /** Used only where no other provider of the token is in sight. Default `false`. */
  readonly fallback?: boolean;
}

export interface ClassProvider<T = unknown> extends Provides<T> {
  readonly useClass: Class<T>;
  /** Default: what the class's own `@Injectable` says. */
  readonly scope?: Scope;
}

/** The value belongs to whoever made it: its lifecycle hooks are not called. */
export interface ValueProvider<T = unknown> extends Provides<T> {
  readonly useValue: T;
}

export interface FactoryProvider<T = unknown> extends Provides<T> {
  /** Gets what `inject` lists, in order. May be asynchronous: whoever needs the result waits for it. */
  readonly useFactory: (...dependencies: never[]) => T | Promise<T>;
  readonly inject?: readonly Injected[];
  /** Default `singleton`. */
  readonly scope?: Scope;
}

/** Another name for what already has one. */
export interface ExistingProvider<T = unknown> extends Provides<T> {
  readonly useExisting: Token<T>;
}

/** How something is made. A bare class provides itself. */
export type Provider<T = unknown> =
  Class<T> | ClassProvider<T> | ValueProvider<T> | FactoryProvider<T> | ExistingProvider<T>;

/** An entry of a factory's `inject`. */
export type Injected = TokenOrThunk | InjectedToken;

/** A dependency with everything that decorators can say about a constructor parameter. */
export interface InjectedToken {
  readonly token: TokenOrThunk;
  /** `undefined` instead of an error where nothing provides it. */
  readonly optional?: boolean;
  /** A `Lazy` of it, which breaks a cycle. */
  readonly lazy?: boolean;
}

export function isInjectedToken(value: unknown): value is InjectedToken {
  return typeof value === 'object' && value !== null && 'token' in value;
}

export function isProviderObject(value: unknown): value is { readonly provide: unknown } {
  return typeof value === 'object' && value !== null && 'provide' in value;
}

/** The one recipe key of a provider object; `undefined` when it has none or several. */
export function recipeOf(provider: object): 'useClass' | 'useValue' | 'useFactory' | 'useExisting' | undefined {
  const recipes = (['useClass', 'useValue', 'useFactory', 'useExisting'] as const).filter((key) => key in provider);
  return recipes.length === 1 ? recipes[0] : undefined;
}

/** The class that a provider creates, where it is one. */
export function providedClass(provider: Provider): Class | undefined {
  if (isClass(provider)) return provider;
  return 'useClass' in provider && isClass(provider.useClass) ? provider.useClass : undefined;
}
