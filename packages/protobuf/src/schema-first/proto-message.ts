import {
  Field,
  fieldKeyword,
  messageSchema,
  nearest,
  scalarKeyword,
  SkerryError,
  typeKeyword,
  type Class,
  type JsonSchema,
  type ScalarType,
} from '@skerry/core';
import type protobufjs from 'protobufjs';
import type { FieldPlan, ValuePlan } from '../plan/message-plan.js';
import { anythingKeyword, enumKeyword, oneofKeyword, presenceKeyword } from '../plan/keywords.js';
import { planOf } from '../plan/plan-of.js';
import { protoSchema } from './proto-schema.js';

/**
 * Binds a class to a message of a `.proto`: its fields get the numbers, types and presence that are written there, by their
 * names (`userName` is `user_name` there). Stands above the class, and takes the place of `@Field`:
 *
 *     const proto = parseProto(readFileSync('greeter.proto', 'utf8'));
 *
 *     @ProtoMessage(proto, 'helloworld.HelloRequest')
 *     class HelloRequest { @IsString() name!: string }
 *
 * The class may have fewer fields; others are skipped. Throws `SKERRY_OPTION_INVALID` when the class is loaded, for a field
 * that the message does not have, or that is something else there.
 */
export function ProtoMessage(root: protobufjs.Root, typeName: string): ClassDecorator {
  return (target) => {
    const type = target as unknown as Class;
    const schema = protoSchema(root, typeName);
    const declared = propertiesOf(schema);
    for (const key of Object.keys(propertiesOf(messageSchema(type as never).jsonSchema))) {
      const name = Object.keys(declared).find((each) => plain(each) === plain(key));
      if (name === undefined) throw unknownField(type, key, typeName, Object.keys(declared));
      bind(type, key, declared[name]!);
    }
    check(type, typeName, schema);
  };
}

function bind(type: Class, key: string, property: JsonSchema): void {
  const { type: shape, items, additionalProperties } = property;
  const value = ((shape === 'array' ? items : additionalProperties) ?? property) as JsonSchema;
  const scalar = value[scalarKeyword] ?? value[typeKeyword];
  const keywords: Record<string, unknown> = {};
  for (const each of [presenceKeyword, oneofKeyword, anythingKeyword]) {
    if (property[each] !== undefined) keywords[each] = property[each];
  }
  if (value[enumKeyword] !== undefined && value === property) keywords[enumKeyword] = value[enumKeyword];
  const options = typeof scalar === 'string' && scalar !== 'date' ? { type: scalar as ScalarType } : {};
  Field(property[fieldKeyword] as number, { ...options, keywords })(type.prototype as object, key);
}

/** Whether the class writes each of its fields as the `.proto` says. */
function check(type: Class, typeName: string, schema: JsonSchema): void {
  const theirs = new Map(planOf(schema)!.fields.map((field) => [field.number, field]));
  for (const field of planOf(messageSchema(type as never).jsonSchema)?.fields ?? []) {
    const expected = theirs.get(field.number)!;
    if (shown(field) !== shown(expected)) {
      throw new SkerryError(
        'SKERRY_OPTION_INVALID',
        `${type.name}.${field.key} is ${shown(field)}; in ${typeName}, ${expected.key} is ${shown(expected)}. Change its type.`,
      );
    }
  }
}

function shown({ shape, value }: FieldPlan): string {
  return `${shape === 'single' ? '' : `${shape} of `}${kindOf(value)}`;
}

/** A number may stand for a `bigint`, where it is exact. */
function kindOf(value: ValuePlan): string {
  if (value.kind === 'scalar') return value.type;
  return value.kind === 'anything' ? value.form : value.kind;
}

function propertiesOf({ properties }: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return (properties ?? {}) as Readonly<Record<string, JsonSchema>>;
}

function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}

function unknownField(type: Class, key: string, typeName: string, names: readonly string[]): SkerryError {
  const [candidate] = nearest(key, names);
  const hint = candidate === undefined ? `it has ${names.join(', ') || 'none'}` : `did you mean ${candidate}?`;
  return new SkerryError('SKERRY_OPTION_INVALID', `${type.name}.${key} is no field of ${typeName}: ${hint}`);
}
