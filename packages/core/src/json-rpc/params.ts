import { fieldKeyword } from '../schema/field.js';
import type { JsonSchema } from '../schema/json-schema.js';
import type { Endpoint } from '../server/endpoint.js';

/** A message out of `params`, or why they stand for none. */
export type ReadParams = { readonly message: unknown } | { readonly why: string };

/**
 * A handler takes one message. By name, `params` is that message. By position, they are its fields in the order of their `@Field`
 * numbers, or of their declaration where not all have one; an object alone is the message itself, as Go's clients send it, and so
 * is the one value of a handler that takes a bare one.
 */
export function readParams(params: unknown, { handler, name }: Endpoint): ReadParams {
  const { request } = handler;
  if (params === undefined) return { message: undefined };
  if (!request) return hasNothing(params) ? { message: undefined } : { why: `${name} takes no params` };
  if (!Array.isArray(params)) return { message: params };
  const values = params as readonly unknown[];
  const schema = request.jsonSchema;
  if (schema['type'] !== 'object') return { message: values.length === 1 ? values[0] : values };
  const [first] = values;
  if (values.length === 1 && typeof first === 'object' && first !== null && !Array.isArray(first)) {
    return { message: first };
  }
  const fields = fieldsInOrder(schema);
  if (values.length > fields.length) {
    return { why: `${name} takes ${fields.length} params (${fields.join(', ')}), and there are ${values.length}` };
  }
  const message: Record<string, unknown> = {};
  values.forEach((value, at) => (message[fields[at]!] = value));
  return { message };
}

function hasNothing(params: unknown): boolean {
  if (!Array.isArray(params)) return Object.keys(params as object).length === 0;
  const [first, ...others] = params as readonly unknown[];
  if (others.length > 0) return false;
  return first === undefined || first === null || (typeof first === 'object' && hasNothing(first));
}

const known = new WeakMap<JsonSchema, readonly string[]>();

function fieldsInOrder(schema: JsonSchema): readonly string[] {
  let fields = known.get(schema);
  if (!fields) {
    const entries = Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>);
    const numbers = entries.map(([, field]) => field[fieldKeyword]);
    if (numbers.every((number) => typeof number === 'number')) {
      entries.sort(([, a], [, b]) => (a[fieldKeyword] as number) - (b[fieldKeyword] as number));
    }
    fields = entries.map(([name]) => name);
    known.set(schema, fields);
  }
  return fields;
}
