import type { JsonSchema } from '@skerry/core';
import { rulesOf } from '../schema/rules.js';
import { docComment } from './doc-comment.js';

/** What a reference to a class becomes. */
export type NameOf = (reference: string) => string | undefined;

// What lies deeper may be anything: a registry is written by others.
const deepest = 32;

/** A schema as a TypeScript type. What it cannot say, `unknown` says. */
export function typeText(schema: JsonSchema, nameOf: NameOf, indent = '', depth = 0): string {
  if (depth > deepest) return 'unknown';
  const inside = (part: unknown): string => typeText(isSchema(part) ? part : {}, nameOf, indent, depth + 1);
  const { $ref, allOf, anyOf, oneOf, enum: choices, type } = schema;
  if (typeof $ref === 'string') return nameOf($ref) ?? 'unknown';
  if ('const' in schema) return literal(schema['const']);
  if (Array.isArray(choices)) return union(choices.map(literal));
  if (Array.isArray(allOf)) return allOf.map((each) => enclosed(inside(each))).join(' & ') || 'unknown';
  const variants = [anyOf, oneOf].find(Array.isArray);
  if (variants && type === undefined) return union(variants.map(inside));
  const types: unknown[] = Array.isArray(type) ? type : [type ?? (schema['properties'] ? 'object' : undefined)];
  return union(types.map((each) => oneType(each, schema, inside, nameOf, indent, depth)));
}

function oneType(
  type: unknown,
  schema: JsonSchema,
  inside: (part: unknown) => string,
  nameOf: NameOf,
  indent: string,
  depth: number,
): string {
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
    case 'number':
      return type;
    case 'integer':
      return 'number';
    case 'array':
      return `${enclosed(inside(schema['items']))}[]`;
    case 'object': {
      if (isSchema(schema['properties'])) return objectText(schema, nameOf, indent, depth);
      const values = schema['additionalProperties'];
      return `Record<string, ${isSchema(values) ? inside(values) : 'unknown'}>`;
    }
    default:
      return 'unknown';
  }
}

/** The fields of a class between braces, with what their types cannot say above each. */
export function objectText(schema: JsonSchema, nameOf: NameOf, indent = '', depth = 0): string {
  const { properties, required } = schema;
  const needed = new Set(Array.isArray(required) ? (required as unknown[]) : []);
  const fields = Object.entries(isSchema(properties) ? properties : {});
  if (fields.length === 0) return 'Record<string, unknown>';
  const below = `${indent}  `;
  const lines = fields.flatMap(([name, value]) => {
    const field = isSchema(value) ? value : {};
    const type = typeText(field, nameOf, below, depth + 1);
    const about = [textOf(field['description']), rulesText(field)].filter(Boolean);
    return [...docComment(about, below), `${below}${key(name)}${needed.has(name) ? '' : '?'}: ${type};`];
  });
  return ['{', ...lines, `${indent}}`].join('\n');
}

/** A list's own rules, and those of its elements. */
function rulesText(schema: JsonSchema): string {
  const { items, type, format } = schema;
  const own = [type === 'integer' ? 'a whole number' : '', rulesOf(schema)].filter(Boolean).join(', ');
  const each = type === 'array' && isSchema(items) ? rulesText(items) : '';
  const text = [own, each && `each ${each}`].filter(Boolean).join(', ');
  return format === 'date-time' ? `${text} (ISO 8601)` : text;
}

/** As a name in front of a colon or a parenthesis. */
export function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

function literal(value: unknown): string {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value) ? JSON.stringify(value) : 'unknown';
}

function union(types: readonly string[]): string {
  const all = [...new Set(types)];
  return all.includes('unknown') || all.length === 0 ? 'unknown' : all.join(' | ');
}

function enclosed(type: string): string {
  return /^\{[^]*\}$/.test(type) || !/ [|&] /.test(type) ? type : `(${type})`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
