/** A class that can be created. */
export type Class<T = unknown> = new (...args: never[]) => T;

/** A class, abstract or not: what decorator metadata gives for a parameter, and so the most common token. */
export type AbstractClass<T = unknown> = abstract new (...args: never[]) => T;

/** What a dependency is asked for by. */
export type Token<T = unknown> = AbstractClass<T> | InjectionToken<T> | string | symbol;

/** How a token that nobody provides comes from one that somebody does. */
export interface Derivation<T> {
  readonly from: Token;
  readonly derive: (source: never) => T;
}

const brand = Symbol.for('skerry.injection-token');

/**
 * A typed token for what has no class of its own: options, an interface, a function.
 *
 *     export const RETRY_LIMIT = new InjectionToken<number>('RETRY_LIMIT');
 *     providers: [{ provide: RETRY_LIMIT, useValue: 3 }]
 *     constructor(@Inject(RETRY_LIMIT) private readonly limit: number) {}
 */
export class InjectionToken<T> {
  /** Two tokens with one key are the same token. Default: the object itself, so each token is only like itself. */
  readonly key: unknown;
  /** Used where no module in sight provides the token. */
  readonly derivation?: Derivation<T>;

  constructor(
    /** For messages. */
    readonly name: string,
    options: { key?: symbol; derivation?: Derivation<T> } = {},
  ) {
    this.key = options.key ?? this;
    if (options.derivation) this.derivation = options.derivation;
    Object.defineProperty(this, brand, { value: true });
  }
}

export function isInjectionToken(value: unknown): value is InjectionToken<unknown> {
  return typeof value === 'object' && value !== null && brand in value;
}

/** Whether the value can be a class. Arrow functions and methods cannot: they have no prototype. */
export function isClass(value: unknown): value is Class {
  return typeof value === 'function' && 'prototype' in value;
}

export function isToken(value: unknown): value is Token {
  return (
    isClass(value) ||
    isInjectionToken(value) ||
    typeof value === 'symbol' ||
    (typeof value === 'string' && value !== '')
  );
}

/** What tokens are compared by. */
export function tokenKey(token: Token): unknown {
  return isInjectionToken(token) ? token.key : token;
}

/** What a token is called in messages. */
export function tokenName(token: Token): string {
  if (typeof token === 'string') return `'${token}'`;
  if (typeof token === 'symbol') return token.toString();
  return token.name || '(anonymous class)';
}

/** A token, or an arrow function to one that is not defined yet when the decorator runs. */
export type TokenOrThunk<T = unknown> = Token<T> | (() => Token<T>);

/** The token that an arrow function names; anything else is returned as it is. */
export function resolveThunk(tokenOrThunk: unknown): unknown {
  return typeof tokenOrThunk === 'function' && !isClass(tokenOrThunk)
    ? (tokenOrThunk as () => unknown)()
    : tokenOrThunk;
}
