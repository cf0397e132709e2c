import type { TypeMetadata } from 'class-transformer';
import type { Constructor } from './decorations.js';

/** What `@Type` says about a field: of which class its value is, or each element of it. */
export interface FieldType {
  /** The class of one value; `undefined` when the value does not tell, or tells a class that does not exist. */
  of(value: unknown, source: object, target: object): Constructor | undefined;
  /** Every class that it can be, as far as that is known before there is a value. */
  readonly known: readonly Constructor[];
  readonly discriminator?: Discriminator;
}

/** The classes of a union, told apart by one field of the message. */
export interface Discriminator {
  readonly property: string;
  readonly subTypes: readonly { readonly name: string; readonly value: Constructor }[];
  /** The field is one of the class, too, rather than only of the message. */
  readonly kept: boolean;
}

export function fieldType({ typeFunction, reflectedType, propertyName, options }: TypeMetadata): FieldType | undefined {
  const declared = options?.discriminator as Omit<Discriminator, 'kept'> | undefined;
  if (declared?.property && declared.subTypes) {
    const { property, subTypes } = declared;
    return {
      of: (value) => {
        const named = isRecord(value) && Object.hasOwn(value, property) ? value[property] : undefined;
        return subTypes.find(({ name }) => name === named)?.value;
      },
      known: subTypes.map(({ value }) => value),
      discriminator: { property, subTypes, kept: options?.keepDiscriminatorProperty === true },
    };
  }
  // A function that takes an argument decides for each message.
  if (typeFunction && typeFunction.length > 0) {
    return {
      of: (_value, object, newObject) =>
        typeFunction({ newObject, object: object as Record<string, unknown>, property: propertyName }) as Constructor,
      known: [],
    };
  }
  const type = (typeFunction ? typeFunction() : reflectedType) as Constructor | undefined;
  return type && { of: () => type, known: [type] };
}

/** Classes whose instances are values rather than messages. */
const values = new Set<unknown>([String, Number, Boolean, BigInt, Symbol, Date, RegExp, URL]);
const containers = new Set<unknown>([Object, Function, Array, Map, Set, Promise, Buffer, Uint8Array, ArrayBuffer]);

/** Whether the type is a class of the application, whose fields make a message. */
export function isMessageClass(type: unknown): type is Constructor {
  return typeof type === 'function' && !values.has(type) && !containers.has(type);
}

/** An object with fields, plain or of a class: no array, map, date, bytes. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.prototype.toString.call(value) === '[object Object]';
}
