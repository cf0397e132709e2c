import { fieldKeyword, scalarKeyword, scalarTypes, typeKeyword, type JsonSchema, type ScalarType } from '@skerry/core';
import {
  anythingKeyword,
  enumKeyword,
  messageKeyword,
  oneofKeyword,
  presenceKeyword,
  type Anything,
} from './keywords.js';
import { isTrap, type FieldPlan, type MessagePlan, type UnionPlan, type ValuePlan } from './message-plan.js';
import { Resolver } from './resolver.js';
import { unionOf } from './union-of.js';

const anything: ValuePlan = { kind: 'anything', form: 'Value' };
const bigScalars: ReadonlySet<string> = new Set(['int64', 'uint64', 'sint64', 'fixed64', 'sfixed64']);
/** Of lists within lists. */
const mostLevels = 8;
const forms: ReadonlySet<unknown> = new Set<Anything>(['Value', 'Struct', 'ListValue']);

/**
 * How messages of a class are written, by its JSON Schema. `undefined` where that does not number every property: then they
 * are written as `google.protobuf.Value`, by everyone who has the same schema.
 *
 * What a class writes depends on its types and on `@Field` alone: no rule of class-validator changes it.
 */
export function planOf(schema: JsonSchema): MessagePlan | undefined {
  return new Planner(schema).message(schema);
}

class Planner {
  private readonly resolver: Resolver;
  private readonly known = new Map<JsonSchema, Map<string, MessagePlan | undefined>>();

  constructor(root: JsonSchema) {
    this.resolver = new Resolver(root);
  }

  /** @param without A property that is not written. */
  message(given: JsonSchema, without = ''): MessagePlan | undefined {
    const schema = this.resolver.resolve(given);
    let ofSchema = this.known.get(schema);
    if (!ofSchema) this.known.set(schema, (ofSchema = new Map<string, MessagePlan | undefined>()));
    if (ofSchema.has(without)) return ofSchema.get(without);
    const properties = this.numbered(schema, without);
    const plan: MessagePlan | undefined = properties && { name: nameOf(schema), fields: [] };
    ofSchema.set(without, plan);
    for (const { key, number, property } of properties ?? []) {
      plan!.fields.push(this.field(plan!, { key, number, property, required: isRequired(schema, key) }));
    }
    return plan;
  }

  private numbered(schema: JsonSchema, without: string): Numbered[] | undefined {
    const { properties } = schema;
    if (!isSchema(properties)) return undefined;
    const fields: Numbered[] = [];
    const numbers = new Set<number>();
    for (const [key, property] of Object.entries(properties)) {
      if (key === without || isTrap(key)) continue;
      if (!isSchema(property)) return undefined;
      const number = property[fieldKeyword];
      if (!isFieldNumber(number) || numbers.has(number)) return undefined;
      numbers.add(number);
      fields.push({ key, number, property });
    }
    return fields;
  }

  private field(plan: MessagePlan, { key, number, property, required }: Numbered & { required: boolean }): FieldPlan {
    const where = `${plan.name}.${key}`;
    const oneof = property[oneofKeyword];
    const common = { key, where, number, ...(typeof oneof === 'string' ? { oneof } : {}) };
    const schema = this.resolver.resolve(property);
    if (!isSpecial(schema)) {
      const { type, items, additionalProperties } = schema;
      const each = (inner: unknown): ValuePlan => (isSchema(inner) ? this.value(inner, plan, key) : anything);
      // A list cannot be told from an empty one: it is absent only where the class lets it be.
      if (type === 'array') return { ...common, shape: 'list', value: each(items), implicit: required };
      if (type === 'object' && isSchema(additionalProperties) && !isSchema(schema['properties'])) {
        return { ...common, shape: 'map', value: each(additionalProperties), implicit: required };
      }
    }
    const value = this.value(property, plan, key);
    const implicit = property[presenceKeyword] === 'implicit' && ['scalar', 'enum'].includes(value.kind);
    return { ...common, shape: 'single', value, implicit };
  }

  /** @param within How many lists it is in, directly one in the other. */
  private value(given: JsonSchema, owner: MessagePlan, key: string, within = 0): ValuePlan {
    const schema = this.resolver.resolve(given);
    if (schema[typeKeyword] === 'date') return { kind: 'date' };
    const scalar = scalarOf(schema);
    if (scalar) return scalar;
    const form = schema[anythingKeyword];
    if (forms.has(form)) return { kind: 'anything', form: form as Anything };
    const numbers = enumNumbers(schema[enumKeyword]);
    if (numbers) return { kind: 'enum', numbers };
    if (Array.isArray(schema['anyOf'])) {
      const plan = this.union(schema['anyOf'], `${owner.name}${capitalised(key)}`);
      if (plan) return { kind: 'union', plan };
    }
    if (schema['type'] === 'array') return this.list(schema, owner, key, within + 1);
    const type = scalarTypeOf(schema['type']);
    if (type) return { kind: 'scalar', type, big: false };
    const plan = schema['type'] === 'object' ? this.message(schema) : undefined;
    return plan ? { kind: 'message', plan } : anything;
  }

  /** Of values that are known by their type; any other list can be within anything. */
  private list({ items }: JsonSchema, owner: MessagePlan, key: string, level: number): ValuePlan {
    // A stranger's schema may be a list of itself.
    if (!isSchema(items) || level > mostLevels) return anything;
    const plan: MessagePlan = { name: `${owner.name}${capitalised(key)}List`, fields: [] };
    const value = this.value(items, plan, '', level);
    if (value.kind === 'anything') return anything;
    const where = `${owner.name}.${key}`;
    const field: FieldPlan = { key: 'values', where, number: 1, shape: 'list', value, implicit: true };
    plan.fields.push(field);
    return { kind: 'list', plan, field };
  }

  private union(members: readonly unknown[], name: string): UnionPlan | undefined {
    const union = unionOf(members);
    if (!union) return undefined;
    const { property } = union;
    const variants: { name: string; plan: MessagePlan }[] = [];
    for (const each of union.variants) {
      const plan = this.message(each.schema, property);
      if (!plan) return undefined;
      variants.push({ name: each.name, plan });
    }
    return { name, property, variants };
  }
}

interface Numbered {
  readonly key: string;
  readonly number: number;
  readonly property: JsonSchema;
}

/** Whether a value is written in a way of its own, whatever it looks like in JSON. */
function isSpecial(schema: JsonSchema): boolean {
  return schema[typeKeyword] !== undefined || schema[anythingKeyword] !== undefined;
}

function scalarOf(schema: JsonSchema): ValuePlan | undefined {
  const declared = schema[typeKeyword];
  if (declared === 'bigint') {
    const scalar = schema[scalarKeyword];
    const type = bigScalars.has(scalar as string) ? (scalar as ScalarType) : 'int64';
    return { kind: 'scalar', type, big: true };
  }
  const type = scalarTypes.find((each) => each === declared);
  return type && { kind: 'scalar', type, big: false };
}

function scalarTypeOf(type: unknown): ScalarType | undefined {
  if (type === 'string') return 'string';
  if (type === 'number' || type === 'integer') return 'double';
  return type === 'boolean' ? 'bool' : undefined;
}

function enumNumbers(declared: unknown): ReadonlyMap<string, number> | undefined {
  if (!isSchema(declared)) return undefined;
  const entries = Object.entries(declared).filter((entry): entry is [string, number] => isInt32(entry[1]));
  return entries.length > 0 ? new Map(entries) : undefined;
}

function nameOf(schema: JsonSchema): string {
  const { [messageKeyword]: full, title } = schema;
  if (typeof full === 'string') return full;
  return typeof title === 'string' && title !== '' ? title : 'message';
}

function capitalised(key: string): string {
  return `${key.charAt(0).toUpperCase()}${key.slice(1)}`;
}

function isRequired({ required }: JsonSchema, key: string): boolean {
  return Array.isArray(required) && required.includes(key);
}

export function isFieldNumber(number: unknown): number is number {
  return Number.isInteger(number) && (number as number) >= 1 && (number as number) < 2 ** 29;
}

function isInt32(number: unknown): boolean {
  return Number.isInteger(number) && Math.abs(number as number) <= 2 ** 31;
}

export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
