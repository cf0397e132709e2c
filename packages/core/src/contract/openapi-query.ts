import type { JsonSchema } from '../schema/json-schema.js';
import { isSchema } from './shared-schemas.js';

/** How a request is written as the query of a URL. */
export interface Query {
  readonly parameters: readonly object[];
  /** What cannot be written so. */
  readonly note?: string;
}

const scalars: ReadonlySet<unknown> = new Set(['string', 'number', 'integer', 'boolean']);

/**
 * The fields of a request that are single values or lists of them, as parameters; `undefined` when the request cannot do without
 * another. A list is a parameter that is given several times, which is how OpenAPI writes arrays in a query where nothing else is
 * said.
 *
 * @param request Absent for a handler that takes none.
 */
export function queryOf(request: JsonSchema | undefined): Query | undefined {
  if (!request) return { parameters: [] };
  if (request['type'] !== 'object') return undefined;
  const { properties, required } = request;
  const needed = new Set(Array.isArray(required) ? (required as unknown[]) : []);
  const fields = Object.entries(isSchema(properties) ? properties : {});
  const others = fields.filter(([, schema]) => !isValue(schema)).map(([name]) => name);
  if (others.some((name) => needed.has(name))) return undefined;
  const parameters = fields
    .filter(([, schema]) => isValue(schema))
    .map(([name, schema]) => ({ name, in: 'query', required: needed.has(name), schema: schema as JsonSchema }));
  return {
    parameters,
    ...(others.length > 0
      ? { note: `Only by POST, as they are no values or lists of values: ${others.join(', ')}.` }
      : {}),
  };
}

function isValue(schema: unknown): boolean {
  return isScalar(schema) || (isSchema(schema) && schema['type'] === 'array' && isScalar(schema['items']));
}

function isScalar(schema: unknown): boolean {
  if (!isSchema(schema)) return false;
  const { type, enum: choices, const: only } = schema;
  if (type !== undefined) return scalars.has(type);
  const values = Array.isArray(choices) ? (choices as unknown[]) : 'const' in schema ? [only] : [];
  return values.length > 0 && values.every((value) => scalars.has(typeof value));
}
