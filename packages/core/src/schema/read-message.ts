import { plainToClass, type Constructor } from './decorations.js';
import { isMessageClass, isRecord, type FieldType } from './field-type.js';
import { isWritable } from './fresh-instance.js';
import type { Field, MessageClass, MessageClasses } from './message-class.js';
import type { UnknownFields } from './unknown-fields.js';
import type { WrongFields } from './wrong-fields.js';

// Fields and indexes from the root to a value.
export const longestPath = 64;
export const mostObjects = 100_000;

/**
 * Reads a decoded message into an instance of its class. The result is that of class-transformer's `plainToInstance`, but
 * only the fields that the class declares are looked at: what a stranger sends besides can neither cost time (there, the
 * square of the number of keys) nor reach a prototype. What does not fit, such as text where a class is declared, stays as
 * it is, for the rules to refuse.
 */
export class MessageReader {
  private objects = 0;

  constructor(
    private readonly classes: MessageClasses,
    private readonly wrong: WrongFields,
    /** Where fields that the classes do not have are noted; nowhere when they do not matter. */
    private readonly unknown?: UnknownFields,
  ) {}

  /** @param of What the field that holds the message says of it. */
  read(message: MessageClass, source: Fields, of?: FieldType): object {
    if (++this.objects > mostObjects) throw this.wrong.refusal(`must not contain more than ${mostObjects} objects`);
    const instance = new message.type() as Fields;
    for (const field of message.fields) {
      const { key } = field;
      if (key === undefined || !Object.hasOwn(source, key)) continue;
      const value = source[key];
      // Absent, however that is spelled: the initial value stays.
      if (value !== undefined) this.set(instance, field.name, this.readField(field, value, source, instance));
    }
    if (message.open) this.setOthers(message, source, instance);
    this.unknown?.note(instance, message, source, of);
    return instance;
  }

  /** The fields of a class that declares none. */
  private setOthers({ declared }: MessageClass, source: Fields, instance: Fields): void {
    for (const key of Object.keys(source)) {
      const value = source[key];
      if (value !== undefined && !declared.has(key) && isWritable(instance, key)) this.set(instance, key, value);
    }
  }

  private set(instance: Fields, name: string, value: unknown): void {
    try {
      instance[name] = value;
    } catch (cause) {
      this.wrong.add(name, unreadable(name), cause);
    }
  }

  private readField(field: Field, value: unknown, source: object, target: object): unknown {
    const read = field.type ? this.convert(field, value, { source, target }) : value;
    return field.transforms.length === 0 ? read : this.transform(field, read, source);
  }

  private convert(field: Field, value: unknown, owner: Owner): unknown {
    if (field.designType === Map && (value instanceof Map || isRecord(value))) {
      const read = new Map<unknown, unknown>();
      this.wrong.at.push(field.name);
      for (const [key, each] of value instanceof Map ? value : Object.entries(value)) {
        read.set(key, this.descend(String(key), field, each, owner));
      }
      this.wrong.at.pop();
      return read;
    }
    const read = this.descend(field.name, field, value, owner);
    return field.designType === Set && Array.isArray(read) && read !== value ? new Set(read as unknown[]) : read;
  }

  private descend(step: string | number, field: Field, value: unknown, owner: Owner): unknown {
    const { at } = this.wrong;
    if (at.push(step) > longestPath) throw this.wrong.refusal(`must not be nested deeper than ${longestPath} levels`);
    const read = isList(value) ? this.elements(field, value, owner) : this.single(field, value, owner);
    at.pop();
    return read;
  }

  private elements(field: Field, value: readonly unknown[] | ReadonlySet<unknown>, owner: Owner): unknown {
    if (Array.isArray(value) && value.length > field.maxItems) return value;
    return [...value].map((each, index) => this.descend(index, field, each, owner));
  }

  private single(field: Field, value: unknown, { source, target }: Owner): unknown {
    let type: Constructor | undefined;
    try {
      type = field.type!.of(value, source, target);
    } catch (cause) {
      this.wrong.add(undefined, unreadable(field.name), cause);
    }
    if (!isMessageClass(type)) return convertBare(type, value);
    return isRecord(value) ? this.read(this.classes.of(type), value, field.type) : value;
  }

  private transform(field: Field, value: unknown, source: object): unknown {
    try {
      let read = value;
      for (const { transformFn } of field.transforms) {
        read = transformFn({ value: read, key: field.name, obj: source, type: plainToClass, options: {} });
      }
      return read;
    } catch (cause) {
      this.wrong.add(field.name, unreadable(field.name), cause);
      return value;
    }
  }
}

export type Fields = Record<string, unknown>;

/** What a field belongs to: the message as it came, and the instance in the making. */
interface Owner {
  readonly source: object;
  readonly target: object;
}

// Setters, and functions given to @Type and @Transform, are written for values of the right kind: one that throws was given
// another.
function unreadable(name: string): string {
  return `${name} could not be read`;
}

export function isList(value: unknown): value is readonly unknown[] | ReadonlySet<unknown> {
  return Array.isArray(value) || value instanceof Set;
}

/** Conversions that `@Type` asks for. Of primitives alone: an object's would call what a stranger wrote into it; and of bytes. */
export function convertBare(type: unknown, value: unknown): unknown {
  if (type === Buffer && value instanceof Uint8Array) {
    return Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
  if (value === null || typeof value === 'object' || typeof value === 'undefined') return value;
  if (type === String) return String(value);
  if (type === Number) return Number(value);
  if (type === Boolean) return Boolean(value);
  if (type === Date && typeof value !== 'bigint') return new Date(value as string | number);
  return value;
}
