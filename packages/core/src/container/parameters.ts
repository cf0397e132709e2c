import { injectableOf, ownParametersOf } from './injectable.js';
import { declaredParameters } from './parameter-names.js';
import { isInjectedToken, type Injected } from './provider.js';
import { isClass, isToken, resolveThunk, tokenName, type Class, type Token } from './token.js';

/** What one constructor parameter, or one entry of a factory's `inject`, asks for. */
export interface Parameter {
  readonly index: number;
  readonly optional: boolean;
  readonly lazy: boolean;
  /** Absent when the type was lost; then {@link lost} says how. */
  readonly token?: Token;
  readonly lost?: LostType;
}

/** What stands where a type should be, and why it most likely does. */
export interface LostType {
  /** As found: `Object`, `Function`, `undefined`, `String`, `nothing`. */
  readonly found: string;
  readonly cause: string;
}

/** Reads the constructor that creates `type`: its own, or the nearest parent's. */
export function constructorParameters(type: Class): Parameter[] {
  const owner = constructorOwner(type);
  if (!owner) return [];
  const types = Reflect.getOwnMetadata('design:paramtypes', owner) as readonly unknown[] | undefined;
  const decorated = ownParametersOf(owner);
  const count = Math.max(types?.length ?? owner.length, ...[...(decorated?.keys() ?? [])].map((index) => index + 1));
  return Array.from({ length: count }, (_, index) => {
    const said = decorated?.get(index);
    const flags = { index, optional: said?.optional ?? false, lazy: said?.lazy ?? false };
    if (said && 'token' in said) return { ...flags, ...explicit(said.token) };
    return { ...flags, ...(types ? inferred(types[index]) : untyped(owner)) };
  });
}

export function factoryParameters(inject: readonly Injected[]): Parameter[] {
  return inject.map((entry, index) => {
    const said = isInjectedToken(entry) ? entry : { token: entry };
    return { index, optional: said.optional ?? false, lazy: said.lazy ?? false, ...explicit(said.token) };
  });
}

type TokenOrLost = { token: Token } | { lost: LostType };

function explicit(tokenOrThunk: unknown): TokenOrLost {
  let token: unknown;
  try {
    token = resolveThunk(tokenOrThunk);
  } catch (error) {
    return {
      lost: { found: 'nothing', cause: `the arrow function that names the token threw: ${(error as Error).message}` },
    };
  }
  if (isToken(token)) return { token };
  const cause =
    token === undefined
      ? 'the token is undefined: its file is being imported in a circle. Name it by an arrow function: () => Token'
      : 'a token is a class, an InjectionToken, a symbol or a string that is not empty';
  return { lost: { found: describe(token), cause } };
}

/** The compiler writes these where it knows no class. */
const meanings = new Map<unknown, string>([
  [
    undefined,
    'the parameter has no type, or its class was not defined yet when the decorator ran: two files import each other',
  ],
  [Object, 'the type is an interface, a union, or imported by `import type`, which all vanish at run time'],
  [Function, 'the type is a function, or a class known only as a type'],
  [String, 'a string says nothing about where it comes from'],
  [Number, 'a number says nothing about where it comes from'],
  [Boolean, 'a boolean says nothing about where it comes from'],
  [BigInt, 'a bigint says nothing about where it comes from'],
  [Symbol, 'a symbol says nothing about where it comes from'],
  [Array, 'an array says nothing about what it holds'],
  [Promise, 'a promise says nothing about what it resolves to'],
]);

function inferred(type: unknown): TokenOrLost {
  const cause = meanings.get(type);
  if (cause !== undefined) return { lost: { found: describe(type), cause } };
  return isClass(type) ? { token: type } : { lost: { found: describe(type), cause: 'the type is no class' } };
}

function untyped(owner: Class): TokenOrLost {
  const cause = injectableOf(owner)
    ? 'the compiler did not record types (esbuild and tsx never do; tsc needs "emitDecoratorMetadata", swc "decoratorMetadata")'
    : `types are recorded only for decorated classes, and ${owner.name} has no decorator: add @Injectable()`;
  return { lost: { found: 'nothing', cause } };
}

/** The class whose constructor decides what `type` needs: the nearest, from `type` upwards, that declares one. */
export function constructorOwner(type: Class): Class | undefined {
  for (let each: unknown = type; isClass(each); each = Object.getPrototypeOf(each)) {
    if (declaresConstructor(each) && !forwards(each)) return each;
  }
  return undefined;
}

function declaresConstructor(type: Class): boolean {
  if (Reflect.hasOwnMetadata('design:paramtypes', type) || ownParametersOf(type) || type.length > 0) return true;
  // Only the text tells a constructor that takes nothing from none at all; without a parent there is no difference.
  return isClass(Object.getPrototypeOf(type)) && declaredParameters(type) !== undefined;
}

/** `constructor(...rest)`, as mixins have it: all that it takes is for its parent. */
function forwards(type: Class): boolean {
  const parent: unknown = Object.getPrototypeOf(type);
  if (type.length > 0 || ownParametersOf(type) || !isClass(parent)) return false;
  return declaredParameters(type)?.[0]?.startsWith('...') ?? false;
}

function describe(value: unknown): string {
  if (isToken(value)) return tokenName(value);
  return typeof value === 'function' ? value.name || 'a function' : value === null ? 'null' : typeof value;
}
