import type { Constructor } from './decorations.js';
import { declaredField, fieldKeyword, scalarKeyword, typeKeyword, type DeclaredField } from './field.js';
import { isMessageClass } from './field-type.js';
import type { Field, MessageClass, MessageClasses } from './message-class.js';
import type { Rule } from './rule.js';
import { isKnown, keywordsOf, needsValue } from './rule-keywords.js';

/** A JSON Schema (2020-12). */
export type JsonSchema = { readonly [keyword: string]: unknown };

/**
 * Describes a class for those who send its messages. It says what the class declares: in types where it has no rules, and
 * nothing where only code can tell (`@Transform`, `@ValidateIf`, rules of the application's own). Unknown fields are
 * allowed. `null` counts as absent for an optional field, and is not mentioned.
 */
export function jsonSchema(root: MessageClass, classes: MessageClasses): JsonSchema {
  const definitions = new Definitions(root.type, classes);
  const schema = objectSchema(root, definitions);
  const nested = definitions.schemas();
  return Object.keys(nested).length === 0 ? schema : { ...schema, $defs: nested };
}

/** The classes that a schema refers to, each described once, however they refer to each other. */
class Definitions {
  private readonly names = new Map<Constructor, string>();

  constructor(
    private readonly root: Constructor,
    private readonly classes: MessageClasses,
  ) {}

  ref(type: Constructor): JsonSchema {
    if (type === this.root) return { $ref: '#' };
    let name = this.names.get(type);
    if (name === undefined) {
      const taken = new Set(this.names.values());
      name = type.name || 'Anonymous';
      for (let count = 2; taken.has(name); count++) name = `${type.name || 'Anonymous'}${count}`;
      this.names.set(type, name);
    }
    return { $ref: `#/$defs/${encodeURIComponent(name)}` };
  }

  schemas(): Record<string, JsonSchema> {
    const schemas: Record<string, JsonSchema> = {};
    // Describing one may name others: a Map gives those too, in the end.
    for (const [type, name] of this.names) schemas[name] = objectSchema(this.classes.of(type), this);
    return schemas;
  }
}

function objectSchema({ type, fields }: MessageClass, definitions: Definitions): JsonSchema {
  const received = fields.filter(({ key }) => key !== undefined);
  const properties = Object.fromEntries(
    received.map((field) => {
      const numbered = declaredField(type.prototype as object, field.name);
      const schema = fieldSchema(field, numbered, definitions);
      return [field.key!, numbered ? { ...schema, ...numbered.keywords, [fieldKeyword]: numbered.number } : schema];
    }),
  );
  const required = received.filter(isRequired).map(({ key }) => key!);
  return {
    title: type.name,
    type: 'object',
    ...(received.length > 0 ? { properties } : {}),
    ...(required.length > 0 ? { required } : {}),
  };
}

function isRequired({ optional, conditional, hasDefault, rules, nested }: Field): boolean {
  return !optional && !conditional && !hasDefault && (nested !== undefined || rules.some(needsValue));
}

function fieldSchema(field: Field, numbered: DeclaredField | undefined, definitions: Definitions): JsonSchema {
  if (field.conditional || field.transforms.length > 0) return {};
  const rules = field.rules.filter(({ metadata }) => !metadata.validateIf);
  const own = rules.filter(({ metadata }) => !metadata.each);
  const ofEach = rules.filter(({ metadata }) => metadata.each);
  // What an element is: a list itself, where rules for each element say so.
  const element = (): JsonSchema =>
    ofEach.some(isListRule)
      ? listSchema(ofEach, typed(valueSchema(field, [], undefined, definitions), numbered))
      : typed(valueSchema(field, ofEach, undefined, definitions), numbered);
  if (isList(field, own)) return listSchema(own, element());
  if (field.designType === Map) {
    const values = element();
    return {
      ...keywordsOf(own, { type: 'object' }),
      ...(Object.keys(values).length > 0 ? { additionalProperties: values } : {}),
    };
  }
  // Without a type that says otherwise, `each` accepts a single value as well as a list.
  return typed(valueSchema(field, ofEach.length > 0 ? [] : own, field.designType, definitions), numbered);
}

/** The scalar that `@Field` names, unless the class says what is more: that a value is a `Date`, or a `bigint`. */
function typed(schema: JsonSchema, numbered: DeclaredField | undefined): JsonSchema {
  if (!numbered?.type) return schema;
  if (schema[typeKeyword] === 'bigint') return { ...schema, [scalarKeyword]: numbered.type };
  if (schema[typeKeyword] !== undefined) return schema;
  return { ...schema, [typeKeyword]: numbered.type };
}

function listSchema(rules: readonly Rule[], items: JsonSchema): JsonSchema {
  const { uniqueItems, ...list } = keywordsOf(rules, { type: 'array' });
  return {
    ...list,
    // Objects are unique to class-validator when they are not the same one, to JSON Schema when they differ.
    ...(uniqueItems && isScalar(items) ? { uniqueItems } : {}),
    ...(Object.keys(items).length > 0 ? { items } : {}),
  };
}

function isList({ designType }: Field, own: readonly Rule[]): boolean {
  return designType === Array || designType === Set || own.some(isListRule);
}

function isListRule({ name }: Rule): boolean {
  return /^(isArray$|array[A-Z])/.test(name);
}

function isScalar({ type, enum: values }: JsonSchema): boolean {
  return values !== undefined || ['string', 'number', 'integer', 'boolean'].includes(type as string);
}

/** The schema of a value that is no list, or of one element of a list. */
function valueSchema(field: Field, rules: readonly Rule[], designType: unknown, definitions: Definitions): JsonSchema {
  const { known = [], discriminator } = field.type ?? {};
  const [type] = known;
  if (discriminator) {
    const { property, subTypes } = discriminator;
    const variants = subTypes.map(({ name, value }) => ({
      ...definitions.ref(value),
      properties: { [property]: { const: name } },
      required: [property],
    }));
    return { anyOf: variants };
  }
  if (isMessageClass(type)) return definitions.ref(type);
  const declared = declaredKeywords(type ?? designType, rules);
  const schema = keywordsOf(rules, declared);
  // Rules say what the value looks like in JSON; what it is, only its type can say.
  return declared[typeKeyword] && schema['type'] === declared['type'] && schema['format'] === declared['format']
    ? { ...schema, [typeKeyword]: declared[typeKeyword] }
    : schema;
}

function declaredKeywords(type: unknown, rules: readonly Rule[]): JsonSchema {
  if (type === String) return { type: 'string' };
  if (type === Date) return { type: 'string', format: 'date-time', [typeKeyword]: 'date' };
  if (type === BigInt) return { type: 'string', pattern: '^-?[0-9]+$', [typeKeyword]: 'bigint' };
  if (type === Uint8Array || type === Buffer) {
    return { type: 'string', contentEncoding: 'base64', [typeKeyword]: 'bytes' };
  }
  if (isMessageClass(type)) return { type: 'object' };
  // A rule that is not known may ask for the text of a number: @IsNumberString.
  if (!rules.every(isKnown)) return {};
  if (type === Number) return { type: 'number' };
  return type === Boolean ? { type: 'boolean' } : {};
}
