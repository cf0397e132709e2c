import { isPacked, type FieldPlan, type MessagePlan, type UnionPlan, type ValuePlan } from '../plan/message-plan.js';
import { cannotEncode, kindOf } from '../wire/failures.js';
import { wire } from '../wire/reader.js';
import type { Writer } from '../wire/writer.js';
import { writeListValue, writeStruct, writeValue } from './anything.js';
import { bigScalars, scalars, type ScalarWire, type WriteValue } from './scalars.js';
import { writeTimestamp } from './timestamp.js';

interface FieldEncoder {
  readonly key: string;
  readonly write: (writer: Writer, value: unknown) => void;
}

/** Compiles functions that write messages: once for each plan, also where messages are within themselves. */
export class EncoderCompiler {
  private readonly compiled = new Map<object, WriteValue>();

  /** Writes the fields of an object; `undefined` and `null` are absent. */
  message(plan: MessagePlan): WriteValue {
    const known = this.compiled.get(plan);
    if (known) return known;
    const fields: FieldEncoder[] = [];
    const write: WriteValue = (writer, message, where) => {
      if (typeof message !== 'object' || message === null || Array.isArray(message)) {
        throw cannotEncode(where, `is ${kindOf(message)}, and no object`);
      }
      for (let index = 0; index < fields.length; index++) {
        const field = fields[index]!;
        const value = (message as Record<string, unknown>)[field.key];
        if (value !== undefined && value !== null) field.write(writer, value);
      }
    };
    this.compiled.set(plan, write);
    for (const field of plan.fields) fields.push({ key: field.key, write: this.field(field) });
    return write;
  }

  private field(field: FieldPlan): FieldEncoder['write'] {
    if (field.shape === 'list') return this.list(field);
    if (field.shape === 'map') return this.map(field);
    const { where, number, implicit } = field;
    const { wireType, write } = this.value(field.value);
    const tag = tagOf(number, wireType);
    if (implicit) {
      return (writer, value) => {
        const before = writer.mark();
        writer.varint(tag);
        const start = writer.mark();
        write(writer, value, where);
        if (writer.isZeroSince(start)) writer.rewind(before);
      };
    }
    return (writer, value) => {
      writer.varint(tag);
      write(writer, value, where);
    };
  }

  private list({ where, number, value: each }: FieldPlan): FieldEncoder['write'] {
    const { wireType, write } = this.value(each);
    if (isPacked(each)) {
      const tag = tagOf(number, wire.length);
      return (writer, value) => {
        const list = listOf(value, where);
        if (list.length === 0) return;
        writer.varint(tag);
        const start = writer.open();
        for (let index = 0; index < list.length; index++) write(writer, list[index], where);
        writer.close(start);
      };
    }
    const tag = tagOf(number, wireType);
    const holdsNull = each.kind === 'anything' && each.form === 'Value';
    return (writer, value) => {
      const list = listOf(value, where);
      for (let index = 0; index < list.length; index++) {
        const element = list[index];
        if ((element === null || element === undefined) && !holdsNull) {
          throw cannotEncode(where, `has ${kindOf(element)} at ${index}, which a list cannot hold`);
        }
        writer.varint(tag);
        write(writer, element, where);
      }
    };
  }

  private map({ where, number, value: each }: FieldPlan): FieldEncoder['write'] {
    const { wireType, write } = this.value(each);
    const tag = tagOf(number, wire.length);
    const keyTag = tagOf(1, wire.length);
    const valueTag = tagOf(2, wireType);
    return (writer, value) => {
      for (const [key, element] of entriesOf(value, where)) {
        if (element === undefined) continue;
        writer.varint(tag);
        const start = writer.open();
        writer.varint(keyTag);
        scalars.string.write(writer, typeof key === 'number' ? String(key) : key, where);
        writer.varint(valueTag);
        write(writer, element, where);
        writer.close(start);
      }
    };
  }

  private value(value: ValuePlan): Pick<ScalarWire, 'wireType' | 'write'> {
    switch (value.kind) {
      case 'scalar':
        return (value.big ? bigScalars[value.type] : undefined) ?? scalars[value.type];
      case 'enum':
        return { wireType: wire.varint, write: enumWriter(value.numbers) };
      case 'date':
        return withLength(writeTimestamp);
      case 'anything':
        return nested({ Value: writeValue, Struct: writeStruct, ListValue: writeListValue }[value.form]);
      case 'message':
        return nested(this.message(value.plan));
      case 'list': {
        const write = this.list(value.field);
        return nested((writer, list) => write(writer, list));
      }
      case 'union':
        return nested(this.union(value.plan));
    }
  }

  private union({ property, variants, name }: UnionPlan): WriteValue {
    const known = new Map<unknown, { tag: number; write: WriteValue; where: string }>();
    variants.forEach((variant, index) => {
      const { write } = nested(this.message(variant.plan));
      known.set(variant.name, { tag: tagOf(index + 1, wire.length), write, where: variant.plan.name });
    });
    const names = variants.map((each) => each.name).join(', ');
    return (writer, value, where) => {
      const named = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[property] : value;
      const variant = known.get(named);
      if (!variant) throw cannotEncode(where, `has no ${property} of ${name}, which is one of ${names}`);
      writer.varint(variant.tag);
      variant.write(writer, value, variant.where);
    };
  }
}

export function tagOf(number: number, wireType: number): number {
  return ((number << 3) | wireType) >>> 0;
}

/** A message within a message: with its length, a level deeper. */
function nested(inner: WriteValue): Pick<ScalarWire, 'wireType' | 'write'> {
  const write: WriteValue = (writer, value, where) => {
    const start = writer.openMessage(where);
    inner(writer, value, where);
    writer.closeMessage(start);
  };
  return { wireType: wire.length, write };
}

function withLength(inner: WriteValue): Pick<ScalarWire, 'wireType' | 'write'> {
  const write: WriteValue = (writer, value, where) => {
    const start = writer.open();
    inner(writer, value, where);
    writer.close(start);
  };
  return { wireType: wire.length, write };
}

/** A name that is known; or a number, also one that newer peers know. */
function enumWriter(numbers: ReadonlyMap<string, number>): WriteValue {
  return (writer, value, where) => {
    const number = typeof value === 'string' ? numbers.get(value) : value;
    if (number === undefined) throw cannotEncode(where, `is none of ${[...numbers.keys()].join(', ')}`);
    scalars.int32.write(writer, number, where);
  };
}

function listOf(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Set) return [...value];
  throw cannotEncode(where, `is ${kindOf(value)}, and no list`);
}

function entriesOf(value: unknown, where: string): Iterable<readonly [unknown, unknown]> {
  if (value instanceof Map) return value;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.entries(value);
  throw cannotEncode(where, `is ${kindOf(value)}, and no map`);
}
