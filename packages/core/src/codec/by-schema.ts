import { typeKeyword } from '../schema/field.js';
import type { JsonSchema } from '../schema/json-schema.js';
import { schemaNodes, type SchemaNode } from './schema-nodes.js';

/** What a codec does with the values that JSON has no word for; what is left out is left alone. */
export interface Leaves {
  readonly date?: Leaf;
  readonly bigint?: Leaf;
  readonly bytes?: Leaf;
  /** Numbers that are no more than that. */
  readonly number?: Leaf;
}

/** Gives what is not of the kind that it is for back as it is: the rules of the class will name it. */
export type Leaf = (value: unknown) => unknown;

/** Levels of a message that are looked into. */
const deepestDescribed = 64;

/**
 * Compiles what has to be done to the messages of a schema, of which each part is visited once. `undefined` when that is nothing.
 *
 * @param schema May be a stranger's: references in circles, or to nowhere, do no harm.
 * @param how    `in place` for messages that nobody else has, as a decoder makes them; `copy` makes copies of the objects in which
 *               something changes, of maps and of sets, and leaves circles to whoever finds them next.
 */
export function converterBySchema(
  schema: JsonSchema,
  leaves: Leaves,
  how: 'in place' | 'copy',
): ((message: unknown) => unknown) | undefined {
  const isLeaf = (part: JsonSchema): Leaf | undefined => leafOf(part, leaves);
  const root = schemaNodes(schema, isLeaf);
  if (!root.needed) return undefined;
  if (how === 'in place') return (message) => convertInPlace(root, message, 0);
  return (message) => copyConverted(root, message, []);
}

function leafOf({ type, [typeKeyword]: what }: JsonSchema, leaves: Leaves): Leaf | undefined {
  if (what === 'date' || what === 'bigint' || what === 'bytes') return leaves[what];
  return type === 'number' || type === 'integer' ? leaves.number : undefined;
}

function convertInPlace(node: SchemaNode<Leaf>, value: unknown, depth: number): unknown {
  const { leaf } = node;
  if (typeof value !== 'object' || value === null) return leaf ? leaf(value) : value;
  if (depth === deepestDescribed) return value;
  if (Array.isArray(value)) {
    // Fields with rules for each element take one value as well, and a list of lists.
    const items = node.items ?? (leaf && node);
    if (items) for (let i = 0; i < value.length; i++) value[i] = convertInPlace(items, value[i], depth + 1);
    return value;
  }
  if (leaf) return leaf(value);
  const { properties, rest, declared } = node.of(value);
  const fields = value as Record<string, unknown>;
  for (const [key, child] of properties) {
    if (Object.hasOwn(fields, key)) fields[key] = convertInPlace(child, fields[key], depth + 1);
  }
  if (rest) {
    for (const key of Object.keys(fields)) {
      if (!declared.has(key) && isSafe(key)) fields[key] = convertInPlace(rest, fields[key], depth + 1);
    }
  }
  return value;
}

/** @param within The objects that hold the value: as many as there are levels. */
function copyConverted(node: SchemaNode<Leaf>, value: unknown, within: object[]): unknown {
  const { leaf } = node;
  if (typeof value !== 'object' || value === null) return leaf ? leaf(value) : value;
  if (within.length === deepestDescribed || within.includes(value)) return value;
  within.push(value);
  const copy = copyObject(node, value, within);
  within.pop();
  return copy;
}

function copyObject(node: SchemaNode<Leaf>, value: object, within: object[]): unknown {
  const { leaf } = node;
  if (Array.isArray(value) || value instanceof Set) {
    const items = node.items ?? (leaf && node);
    if (!items) return value;
    const converted = Array.from(value as Iterable<unknown>, (each) => copyConverted(items, each, within));
    return converted;
  }
  if (leaf) return leaf(value);
  // It says itself what it looks like.
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return value;
  const source = value instanceof Map ? objectOf(value) : (value as Record<string, unknown>);
  const { properties, rest, declared } = node.of(source);
  let copy: Record<string, unknown> | undefined = value instanceof Map ? source : undefined;
  const set = (key: string, child: SchemaNode<Leaf>): void => {
    const before = source[key];
    const after = copyConverted(child, before, within);
    if (after !== before) (copy ??= { ...source })[key] = after;
  };
  for (const [key, child] of properties) if (Object.hasOwn(source, key)) set(key, child);
  if (rest) for (const key of Object.keys(source)) if (!declared.has(key) && isSafe(key)) set(key, rest);
  return copy ?? value;
}

function objectOf(map: ReadonlyMap<unknown, unknown>): Record<string, unknown> {
  return Object.fromEntries([...map].map(([key, each]) => [String(key), each]));
}

/** What a schema or a message calls so could reach a prototype. Codecs drop it. */
export function isSafe(key: string): boolean {
  return key !== '__proto__' && key !== 'constructor';
}
