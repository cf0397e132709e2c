import type { WireError } from '../errors/wire.js';
import type { JsonSchema } from '../schema/json-schema.js';
import { malformed } from './http-refusal.js';

/**
 * The message that a query string stands for: `?name=Ada&tags=a&tags=b`. Each parameter becomes what the schema says that its
 * field is; text that cannot be that stays text, so that the message's class says what is wrong with it.
 *
 * @param schema Of the request; without one, or without fields, every parameter is text.
 */
export function queryMessage(
  query: string,
  schema: JsonSchema | undefined,
  name: string,
): { readonly message: Readonly<Record<string, unknown>> } | { readonly error: WireError } {
  // Without a prototype, so that __proto__ is a name like others; the class of the message drops it.
  const message = Object.create(null) as Record<string, unknown>;
  if (query === '') return { message };
  if (query.includes('%') && !isWellEncoded(query)) return { error: malformed('the query is not well encoded') };
  const type = schema?.['type'];
  if (type !== undefined && type !== 'object') return { error: byPost(name, `${name} takes a bare ${String(type)}`) };
  const properties = (schema?.['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
  for (const [key, text] of new URLSearchParams(query)) {
    const field = Object.hasOwn(properties, key) ? properties[key]! : {};
    const isList = field['type'] === 'array';
    const value = isList ? ((field['items'] ?? {}) as JsonSchema) : field;
    if (isNested(value)) return { error: byPost(name, `'${key}' is more than a value or a list of values`) };
    const converted = convert(text, value);
    const before = message[key];
    if (before === undefined) message[key] = isList ? [converted] : converted;
    else if (Array.isArray(before)) before.push(converted);
    else message[key] = [before, converted];
  }
  return { message };
}

function byPost(name: string, why: string): WireError {
  return malformed(`${why}, which a query cannot hold; POST it to /${name.replace(/\.(?=[^.]*$)/, '/')}`);
}

function isNested(schema: JsonSchema): boolean {
  const { type, $ref, anyOf } = schema;
  return $ref !== undefined || anyOf !== undefined || type === 'object' || type === 'array';
}

const numeric = /^-?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

function convert(text: string, { type, enum: values }: JsonSchema): unknown {
  if ((type === 'number' || type === 'integer') && numeric.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  // An enumeration of numbers need not say that it is one.
  if (type === undefined && Array.isArray(values) && numeric.test(text) && values.includes(Number(text)))
    return Number(text);
  return text;
}

function isWellEncoded(query: string): boolean {
  try {
    decodeURIComponent(query);
    return true;
  } catch {
    return false;
  }
}
