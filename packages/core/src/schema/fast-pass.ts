import { plainToClass, type Constructor } from './decorations.js';
import { fastClass, type FastClass, type FastField } from './fast-class.js';
import { fits } from './fits.js';
import { isMessageClass, isRecord, type FieldType } from './field-type.js';
import { isWritable } from './fresh-instance.js';
import type { MessageClass, MessageClasses } from './message-class.js';
import { convertBare, isList, longestPath, mostObjects, type Fields } from './read-message.js';
import { bringsUnknown } from './unknown-fields.js';

// What is thrown means nothing to anyone: the careful path finds out what was wrong.
const givenUp = new Error('not to be read in one go');

/**
 * Reads a message as `MessageReader` does, and judges its fields as they come: in one go, keeping no account of where it is.
 * On the way of a message that is right it makes nothing but the instances and their lists.
 *
 * It never says that a message is wrong. Whatever it does not surely accept, `MessageChecker` looks at, and where something
 * cannot be read, or is too much, `MessageReader` begins anew. So functions of the application that change a value are called
 * once, unless one of them throws; conditions (`@ValidateIf`) once more for a message that is refused; rules of its own never here.
 */
export class FastPass {
  /** Whether the instance that {@link read} gave last satisfies all rules; false for one that somebody has to look at. */
  right = false;
  private sure = true;
  private objects = 0;
  private unpolluted = false;
  private readonly compiled = new Map<Constructor, FastClass>();
  private root?: FastClass;

  constructor(
    private readonly type: Constructor,
    private readonly classes: MessageClasses,
    private readonly refuseUnknown: boolean,
  ) {}

  /** The instance; `undefined` for a message that cannot be read in one go. */
  read(source: Fields): object | undefined {
    // A @Transform of a message may read another one of its kind.
    const { sure, objects } = this;
    this.sure = true;
    this.objects = 0;
    this.unpolluted = inheritsNothing();
    try {
      const instance = this.readObject((this.root ??= this.of(this.type)), source, 0);
      this.right = this.sure;
      return instance;
    } catch {
      return undefined;
    } finally {
      this.sure = sure;
      this.objects = objects;
    }
  }

  /**
   * Made at the first message rather than at boot: an application may give class-validator a container in between, and its
   * start does not have to pay.
   */
  private of(type: Constructor): FastClass {
    let known = this.compiled.get(type);
    if (!known) this.compiled.set(type, (known = fastClass(this.classes.of(type))));
    return known;
  }

  private readObject(plan: FastClass, source: Fields, depth: number, of?: FieldType): object {
    if (++this.objects > mostObjects) throw givenUp;
    if (this.refuseUnknown && bringsUnknown(plan.message, source, of)) throw givenUp;
    if (plan.undecided) this.sure = false;
    const instance = new plan.type() as Fields;
    // A plain object has nothing but its own fields and what all objects have, which costs less to know than to ask each time.
    const plain = this.unpolluted && Object.getPrototypeOf(source) === Object.prototype;
    const { fields } = plan;
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i]!;
      const { key } = field;
      const there = key !== undefined && ((plain && !field.asked) || Object.hasOwn(source, key));
      let value = there ? source[key] : undefined;
      if (value === undefined) {
        value = instance[field.name];
        if (field.nested && value !== undefined && !isEmptyList(value)) this.sure = false;
      } else {
        if (field.converted) value = this.readField(field, value, source, instance, depth);
        instance[field.name] = value;
      }
      if (this.sure && !isRight(field, value)) this.sure = false;
    }
    if (plan.message.open) setOthers(plan.message, source, instance);
    if (plan.late.length > 0 && this.sure) this.judgeLate(plan.late, instance);
    return instance;
  }

  private judgeLate(late: readonly FastField[], instance: Fields): void {
    for (const { late: accepts, name } of late) {
      if (!accepts!(instance, instance[name])) {
        this.sure = false;
        return;
      }
    }
  }

  private readField(fast: FastField, value: unknown, source: Fields, target: object, depth: number): unknown {
    const { field, optional, nested } = fast;
    const { type, transforms } = field;
    if (value === null && optional && type && type.known.length > 0 && transforms.length === 0) return null;
    const { sure } = this;
    let read = type ? this.convert(fast, value, source, target, depth) : value;
    for (const { transformFn } of transforms) {
      read = transformFn({ value: read, key: field.name, obj: source, type: plainToClass, options: {} });
    }
    // Objects that no rule looks into are right as they are.
    if (!nested) this.sure = sure;
    return read;
  }

  private convert(fast: FastField, value: unknown, source: Fields, target: object, depth: number): unknown {
    const { designType } = fast.field;
    if (designType === Map && (value instanceof Map || isRecord(value))) {
      const read = new Map<unknown, unknown>();
      for (const [key, each] of value instanceof Map ? value : Object.entries(value)) {
        read.set(key, this.descend(fast, each, source, target, depth + 1));
      }
      return read;
    }
    const read = this.descend(fast, value, source, target, depth);
    return designType === Set && Array.isArray(read) && read !== value ? new Set(read as unknown[]) : read;
  }

  private descend(fast: FastField, value: unknown, source: Fields, target: object, depth: number): unknown {
    if (depth >= longestPath) throw givenUp;
    if (!isList(value)) return this.single(fast, value, source, target, depth + 1);
    const { maxItems, type } = fast.field;
    if (Array.isArray(value) && value.length > maxItems) return value;
    const size = Array.isArray(value) ? value.length : (value as ReadonlySet<unknown>).size;
    if (size > mostObjects - this.objects && type!.known.some(isMessageClass)) throw givenUp;
    const read: unknown[] = [];
    for (const each of value) read.push(this.descend(fast, each, source, target, depth + 1));
    return read;
  }

  private single({ field }: FastField, value: unknown, source: Fields, target: object, depth: number): unknown {
    const type = field.type!.of(value, source, target);
    if (isMessageClass(type) && isRecord(value)) return this.readObject(this.of(type), value, depth, field.type);
    this.sure = false;
    return isMessageClass(type) ? value : convertBare(type, value);
  }
}

function isRight({ optional, fit, late }: FastField, value: unknown): boolean {
  return late !== undefined || (optional && value == null) || fits(fit!, value);
}

const empty = {};

/** Whether objects are without fields that somebody managed to write into the prototype of all. */
function inheritsNothing(): boolean {
  for (const _name in empty) return false;
  return true;
}

/** An initial value with nothing in it that has to be looked at. */
function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** The fields of a class that declares none. */
function setOthers({ declared }: MessageClass, source: Fields, instance: Fields): void {
  for (const key of Object.keys(source)) {
    const value = source[key];
    if (value !== undefined && !declared.has(key) && isWritable(instance, key)) instance[key] = value;
  }
}
