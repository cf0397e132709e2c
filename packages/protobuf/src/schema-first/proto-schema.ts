import { fieldKeyword, scalarKeyword, SkerryError, typeKeyword, type JsonSchema } from '@skerry/core';
import protobufjs from 'protobufjs';
import { anythingKeyword, enumKeyword, messageKeyword, oneofKeyword, presenceKeyword } from '../plan/keywords.js';

const google = ['any', 'duration', 'empty', 'field_mask', 'struct', 'timestamp', 'wrappers'];

/**
 * Parses a `.proto` (proto3). Names become camelCase, as in protobuf's JSON. Google's well-known types are there for whoever
 * imports them; other imports have to be in the texts. Throws `SKERRY_OPTION_INVALID` for what is no `.proto`.
 *
 * @param texts Of one file, or of all that import each other.
 */
export function parseProto(...texts: readonly string[]): protobufjs.Root {
  const root = new protobufjs.Root();
  try {
    for (const text of texts) protobufjs.parse(text, root, { alternateCommentMode: true });
    for (const name of google) {
      const { nested } = protobufjs.common.get(`google/protobuf/${name}.proto`) ?? {};
      if (nested && !isThere(root, nested)) root.addJSON(nested);
    }
    root.resolveAll();
  } catch (error) {
    throw new SkerryError('SKERRY_OPTION_INVALID', `The .proto cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return root;
}

/**
 * The JSON Schema of a message of a `.proto`, with which `ProtobufCodec.forSchema` writes exactly what the `.proto` says:
 * fields without `optional` have implicit presence, so their zeros are not written, and are there when they were not sent.
 * Enums are their names; integers of 64 bits are `bigint`; timestamps are `Date`; `Value`, `Struct` and `ListValue` what they
 * stand for. Other well-known types are the messages that they are: `{ value: true }` for a `BoolValue`.
 *
 * Throws `SKERRY_OPTION_INVALID` for a name that the root does not have, and for groups and extensions of proto2.
 */
export function protoSchema(root: protobufjs.Root, typeName: string): JsonSchema {
  const type = find(root, typeName);
  const definitions = new Map<protobufjs.Type, string>();
  const schemas: Record<string, JsonSchema> = {};
  const ref = (each: protobufjs.Type): JsonSchema => {
    if (each === type) return { $ref: '#' };
    let name = definitions.get(each);
    if (name === undefined) {
      definitions.set(each, (name = fullName(each)));
      schemas[name] = messageSchema(each, ref);
    }
    return { $ref: `#/$defs/${encodeURIComponent(name)}` };
  };
  const schema = messageSchema(type, ref);
  return definitions.size === 0 ? schema : { ...schema, $defs: schemas };
}

function find(root: protobufjs.Root, typeName: string): protobufjs.Type {
  try {
    return root.lookupType(typeName);
  } catch {
    throw new SkerryError('SKERRY_OPTION_INVALID', `The .proto has no message ${typeName}`);
  }
}

type Ref = (type: protobufjs.Type) => JsonSchema;

function messageSchema(type: protobufjs.Type, ref: Ref): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  const required: string[] = [];
  for (const field of type.fieldsArray) {
    field.resolve();
    properties[field.name] = { ...fieldSchema(field, ref), [fieldKeyword]: field.id };
    if (field.repeated || field.map) required.push(field.name);
  }
  return { title: type.name, [messageKeyword]: fullName(type), type: 'object', properties, required };
}

function fieldSchema(field: protobufjs.Field, ref: Ref): JsonSchema {
  if (field.map) return { type: 'object', additionalProperties: valueSchema(field, ref) };
  const value = valueSchema(field, ref);
  if (field.repeated) return { type: 'array', items: value };
  const { partOf } = field;
  // `optional` makes a oneof of its own.
  if (partOf && !partOf.isProto3Optional) return { ...value, [oneofKeyword]: partOf.name };
  const implicit = !partOf && !(field.resolvedType instanceof protobufjs.Type) && !field.required;
  return implicit ? { ...value, [presenceKeyword]: 'implicit' } : value;
}

function valueSchema(field: protobufjs.Field, ref: Ref): JsonSchema {
  const { type, resolvedType } = field;
  if (field instanceof protobufjs.MapField && field.keyType !== 'string') {
    throw unsupported(field, `a map with keys of ${field.keyType}; only string can be read`);
  }
  if (resolvedType instanceof protobufjs.Enum) {
    return { type: 'string', enum: Object.keys(resolvedType.values), [enumKeyword]: { ...resolvedType.values } };
  }
  if (!resolvedType) return scalarSchema(type);
  if ((resolvedType as { group?: boolean }).group) throw unsupported(field, 'a group');
  switch (fullName(resolvedType)) {
    case 'google.protobuf.Timestamp':
      return { type: 'string', format: 'date-time', [typeKeyword]: 'date' };
    case 'google.protobuf.Value':
      return {};
    case 'google.protobuf.Struct':
      return { type: 'object', [anythingKeyword]: 'Struct' };
    case 'google.protobuf.ListValue':
      return { type: 'array', [anythingKeyword]: 'ListValue' };
    default:
      return ref(resolvedType);
  }
}

function scalarSchema(type: string): JsonSchema {
  if (type === 'string') return { type: 'string', [typeKeyword]: type };
  if (type === 'bool') return { type: 'boolean', [typeKeyword]: type };
  if (type === 'bytes') return { type: 'string', contentEncoding: 'base64', [typeKeyword]: type };
  if (type.endsWith('64')) {
    return { type: 'string', pattern: '^-?[0-9]+$', [typeKeyword]: 'bigint', [scalarKeyword]: type };
  }
  return { type: type === 'double' || type === 'float' ? 'number' : 'integer', [typeKeyword]: type };
}

/** Without the dot in front. */
export function fullName({ fullName: dotted }: protobufjs.ReflectionObject): string {
  return dotted.replace(/^\./, '');
}

function isThere(root: protobufjs.Root, nested: Record<string, protobufjs.AnyNestedObject>): boolean {
  const types = (nested['google'] as { nested?: { protobuf?: { nested?: object } } }).nested?.protobuf?.nested ?? {};
  return Object.keys(types).some((name) => root.lookup(`.google.protobuf.${name}`) !== null);
}

function unsupported({ fullName: dotted }: protobufjs.Field, what: string): SkerryError {
  return new SkerryError('SKERRY_OPTION_INVALID', `${dotted.replace(/^\./, '')} is ${what}`);
}
