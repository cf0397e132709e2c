import type { JsonSchema } from '@skerry/core';
import { rulesOf } from './rules.js';
import { part, propertiesOf, typesOf, variantsOf, wholeSchema, type Subschema } from './subschema.js';

/** One field of a message, for people. */
export interface FieldText {
  /** From the message's root: `lines[].sku`; empty for a message that is no object. */
  readonly path: string;
  /** `string`, `array of integer`, `"red" or "blue"`. */
  readonly type: string;
  readonly required: boolean;
  /** `1 to 80 characters`; empty where there is no rule. */
  readonly rules: string;
}

// What lies deeper is described by the type alone.
const deepest = 4;

/** The fields of a message, those of nested objects below their own. */
export function fieldsOf(schema: JsonSchema): FieldText[] {
  const whole = wholeSchema(schema);
  const fields = nestedFields(whole, '', 0);
  if (fields.length > 0) return fields;
  return [{ path: '', type: typeText(whole), required: true, rules: rulesOf(whole.schema) }];
}

function nestedFields(of: Subschema, prefix: string, depth: number): FieldText[] {
  return propertiesOf(of).flatMap(({ name, required, value }) => {
    const path = prefix + name;
    const field: FieldText = { path, type: typeText(value), required, rules: fieldRules(value) };
    const inside = innermost(value);
    const below = depth < deepest ? nestedFields(inside.of, `${path}${inside.suffix}.`, depth + 1) : [];
    return [field, ...below];
  });
}

/** The schema of a value, or of one element of the lists that it is. */
function innermost(of: Subschema): { of: Subschema; suffix: string } {
  let [inner, suffix] = [of, ''];
  while (suffix.length < 2 * deepest && typesOf(inner).includes('array')) {
    [inner, suffix] = [part(inner, inner.schema['items']), `${suffix}[]`];
  }
  return { of: inner, suffix };
}

/** Of a list, and then of each element of it. */
function fieldRules(of: Subschema): string {
  const own = rulesOf(of.schema);
  if (!typesOf(of).includes('array')) return own;
  const each = rulesOf(part(of, of.schema['items']).schema);
  return [own, each && `each ${each}`].filter(Boolean).join(', ');
}

function typeText(of: Subschema, depth = 0): string {
  const { schema } = of;
  if ('const' in schema) return JSON.stringify(schema['const']);
  if (Array.isArray(schema['enum'])) return schema['enum'].map((value) => JSON.stringify(value)).join(' or ');
  const types = typesOf(of);
  if (types.length === 0) {
    const variants = depth < deepest ? variantsOf(of).map((each) => variantText(each, depth + 1)) : [];
    return [...new Set(variants)].join(' or ') || 'anything';
  }
  return types.map((type) => (type === 'array' ? listText(of, depth) : type)).join(' or ');
}

/** Objects of a union are told apart by their classes. */
function variantText(of: Subschema, depth: number): string {
  const { title } = of.schema;
  return typeof title === 'string' ? title : typeText(of, depth);
}

function listText(of: Subschema, depth: number): string {
  const items = depth < deepest ? typeText(part(of, of.schema['items']), depth + 1) : 'anything';
  if (items === 'anything') return 'array';
  return items.includes(' or ') ? `array of (${items})` : `array of ${items}`;
}
