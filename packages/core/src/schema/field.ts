import 'reflect-metadata';
import { SkerryError } from '../errors/skerry-error.js';
import type { JsonSchema } from './json-schema.js';

const key = Symbol.for('skerry.fields');

/** Keyword of a property's JSON Schema: the number that `@Field` gave it, for codecs that write numbers in the place of names. */
export const fieldKeyword = 'x-skerry-field';

/** Keyword of a value's JSON Schema: a {@link ValueType}, where the value is more than what JSON has. */
export const typeKeyword = 'x-skerry-type';

/** Keyword of a `bigint`'s JSON Schema: the {@link ScalarType} of 64 bits that `@Field` gave it. Default: `int64`. */
export const scalarKeyword = 'x-skerry-scalar';

/** The scalar types of Protocol Buffers. Those of 64 bits are `bigint` in a class that says so, otherwise `number`. */
export const scalarTypes = [
  ...(['double', 'float', 'int32', 'int64', 'uint32', 'uint64', 'sint32', 'sint64'] as const),
  ...(['fixed32', 'fixed64', 'sfixed32', 'sfixed64', 'bool', 'string', 'bytes'] as const),
] as const;
export type ScalarType = (typeof scalarTypes)[number];

/**
 * What a value is where JSON has no word for it: a `Date`, a `bigint`, a `Uint8Array` (`bytes`); or the exact scalar that
 * `@Field` names. A schema with one of these says in its other keywords what the value looks like in JSON.
 */
export type ValueType = 'date' | 'bigint' | ScalarType;

export interface FieldOptions {
  /** How the value, or each element of a list, is written. Default: by the type of the property; `double` for a `number`. */
  readonly type?: ScalarType;
  /** Further keywords for the JSON Schema of the property, which a codec knows. Default: none. */
  readonly keywords?: JsonSchema;
}

export interface DeclaredField extends FieldOptions {
  readonly number: number;
}

const highestNumber = 2 ** 29 - 1;

/**
 * Gives a field of a message the number by which binary codecs such as protobuf write it. Once it is in use it stays: a
 * number that is given to another field breaks whoever still has the old class.
 *
 *     class HelloRequest { @Field(1) @IsString() name!: string; @Field(2, { type: 'uint32' }) @IsInt() age!: number }
 *
 * @param number 1 to 2^29 - 1, without 19,000 to 19,999, which protobuf keeps for itself.
 */
export function Field(number: number, options: FieldOptions = {}): PropertyDecorator {
  if (!(Number.isInteger(number) && number >= 1 && number <= highestNumber) || (number >= 19_000 && number < 20_000)) {
    throw new SkerryError(
      'SKERRY_OPTION_INVALID',
      `@Field(${String(number)}) is no field number: give a whole number from 1 to ${highestNumber}, not from 19000 to 19999`,
    );
  }
  const { type } = options;
  if (type !== undefined && !scalarTypes.includes(type)) {
    throw new SkerryError(
      'SKERRY_OPTION_INVALID',
      `@Field(${number}) has the type '${String(type)}'; it can be ${scalarTypes.join(', ')}`,
    );
  }
  return (target, property) => {
    const own = Reflect.getOwnMetadata(key, target) as Map<string | symbol, DeclaredField> | undefined;
    const field: DeclaredField = { ...options, number };
    if (own) own.set(property, field);
    else Reflect.defineMetadata(key, new Map([[property, field]]), target);
  };
}

/** What `@Field` says of a property, of the class or the nearest parent that says it. */
export function declaredField(prototype: object, property: string): DeclaredField | undefined {
  for (let each: object | null = prototype; each && each !== Object.prototype; each = parentOf(each)) {
    const own = Reflect.getOwnMetadata(key, each) as ReadonlyMap<string | symbol, DeclaredField> | undefined;
    const field = own?.get(property);
    if (field) return field;
  }
  return undefined;
}

/** The properties of a class and its parents that have `@Field`, parents first, in the order of the decorators. */
export function declaredFields(prototype: object): readonly string[] {
  const names = new Set<string>();
  const line: object[] = [];
  for (let each: object | null = prototype; each && each !== Object.prototype; each = parentOf(each))
    line.unshift(each);
  for (const each of line) {
    const own = Reflect.getOwnMetadata(key, each) as ReadonlyMap<string | symbol, DeclaredField> | undefined;
    for (const name of own?.keys() ?? []) if (typeof name === 'string') names.add(name);
  }
  return [...names];
}

function parentOf(object: object): object | null {
  return Object.getPrototypeOf(object) as object | null;
}
