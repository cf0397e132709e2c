import type { JsonSchema } from '../schema/json-schema.js';

/** A schema as converters walk along it: of what they need not look at, nothing is left. */
export class SchemaNode<L> {
  leaf: L | undefined;
  /** Of an object, and of each variant of one. */
  properties: (readonly [string, SchemaNode<L>])[] = [];
  /** All properties that the schema names, whether or not something is to be done to them. */
  declared = new Set<string>();
  items: SchemaNode<L> | undefined;
  /** Of the properties that are not declared. */
  rest: SchemaNode<L> | undefined;
  /** Whether it is a leaf, or has one in it, however deep. */
  needed = false;
  variants: { readonly property: string; readonly nodes: ReadonlyMap<unknown, SchemaNode<L>> } | undefined;

  /** The node of an object: itself, or that of the variant which the object says that it is. */
  of(value: object): SchemaNode<L> {
    if (!this.variants) return this;
    const { property, nodes } = this.variants;
    const name = Object.hasOwn(value, property) ? (value as Record<string, unknown>)[property] : undefined;
    return nodes.get(name) ?? this;
  }
}

/** Follows references, which may be a circle; each schema becomes one node. Takes time in proportion to the schema. */
export function schemaNodes<L>(root: JsonSchema, leafOf: (part: JsonSchema) => L | undefined): SchemaNode<L> {
  const builder = new Builder(root, leafOf);
  const node = builder.node(root);
  builder.build();
  return node;
}

// References that do nothing but refer to another.
const longestChain = 64;

class Builder<L> {
  private readonly nodes = new Map<JsonSchema, SchemaNode<L>>();
  private readonly users = new Map<SchemaNode<L>, SchemaNode<L>[]>();
  private readonly unbuilt: JsonSchema[] = [];
  private readonly leaves: SchemaNode<L>[] = [];

  constructor(
    private readonly root: JsonSchema,
    private readonly leafOf: (part: JsonSchema) => L | undefined,
  ) {}

  node(schema: JsonSchema): SchemaNode<L> {
    let node = this.nodes.get(schema);
    if (!node) {
      this.nodes.set(schema, (node = new SchemaNode<L>()));
      this.unbuilt.push(schema);
    }
    return node;
  }

  build(): void {
    for (let schema = this.unbuilt.pop(); schema; schema = this.unbuilt.pop())
      this.fill(this.nodes.get(schema)!, schema);
    const needed = [...this.leaves];
    for (let node = needed.pop(); node; node = needed.pop()) {
      if (node.needed) continue;
      node.needed = true;
      needed.push(...(this.users.get(node) ?? []));
    }
    for (const node of this.nodes.values()) prune(node);
  }

  private fill(node: SchemaNode<L>, schema: JsonSchema): void {
    const properties = new Map<string, SchemaNode<L>>();
    // A schema beside a reference narrows it: what it says itself comes first, and of each part one schema counts.
    for (const part of this.chain(schema)) {
      const leaf = this.leafOf(part);
      if (leaf !== undefined && node.leaf === undefined) {
        node.leaf = leaf;
        this.leaves.push(node);
      }
      if (isSchema(part['properties'])) {
        for (const [key, each] of Object.entries(part['properties'])) {
          node.declared.add(key);
          if (!isSchema(each) || !saysWhatItIs(each) || properties.has(key)) continue;
          if (key !== '__proto__' && key !== 'constructor') properties.set(key, this.child(node, each));
        }
      }
      const { items, additionalProperties: rest } = part;
      if (isSchema(items)) node.items ??= this.child(node, items);
      if (isSchema(rest)) node.rest ??= this.child(node, rest);
      node.variants ??= this.variants(node, part['anyOf'] ?? part['oneOf']);
    }
    node.properties = [...properties];
  }

  /** Objects that tell by one field, of which each variant says what it has there, which of them they are. */
  private variants(node: SchemaNode<L>, value: unknown): SchemaNode<L>['variants'] {
    if (!Array.isArray(value) || !value.every(isSchema) || value.length === 0) return undefined;
    const [property, ...others] = constantsOf(value[0]!).map(([key]) => key);
    if (property === undefined || others.length > 0) return undefined;
    const nodes = new Map<unknown, SchemaNode<L>>();
    for (const each of value) {
      const constant = constantsOf(each).find(([key]) => key === property);
      if (!constant || nodes.has(constant[1])) return undefined;
      nodes.set(constant[1], this.child(node, each));
    }
    return { property, nodes };
  }

  private child(user: SchemaNode<L>, schema: JsonSchema): SchemaNode<L> {
    const node = this.node(schema);
    const users = this.users.get(node);
    if (users) users.push(user);
    else this.users.set(node, [user]);
    return node;
  }

  /** A schema, what it refers to, and so on. */
  private chain(schema: JsonSchema): readonly JsonSchema[] {
    const chain: JsonSchema[] = [];
    let part: JsonSchema | undefined = schema;
    while (part && !chain.includes(part) && chain.length < longestChain) {
      chain.push(part);
      part = typeof part['$ref'] === 'string' ? this.resolve(part['$ref']) : undefined;
    }
    return chain;
  }

  private resolve(reference: string): JsonSchema | undefined {
    if (reference === '#') return this.root;
    const name = /^#\/\$defs\/([^/]+)$/.exec(reference)?.[1];
    const definitions = this.root['$defs'];
    if (name === undefined || !isSchema(definitions)) return undefined;
    const key = unescaped(name);
    const found = Object.hasOwn(definitions, key) ? definitions[key] : undefined;
    return isSchema(found) ? found : undefined;
  }
}

function prune<L>(node: SchemaNode<L>): void {
  node.properties = node.properties.filter(([, child]) => child.needed);
  if (!node.items?.needed) node.items = undefined;
  if (!node.rest?.needed) node.rest = undefined;
  if (node.variants && ![...node.variants.nodes.values()].some(({ needed }) => needed)) node.variants = undefined;
}

const telling = ['$ref', 'type', 'properties', 'items', 'additionalProperties', 'anyOf', 'oneOf'];

/** Not just a constant, which the schema referred to may say more of. */
function saysWhatItIs(schema: JsonSchema): boolean {
  return (
    telling.some((keyword) => schema[keyword] !== undefined) || Object.keys(schema).some((key) => key.startsWith('x-'))
  );
}

function constantsOf(schema: JsonSchema): [string, unknown][] {
  const { properties } = schema;
  if (!isSchema(properties)) return [];
  return Object.entries(properties).flatMap(([key, each]): [string, unknown][] =>
    isSchema(each) && each['const'] !== undefined ? [[key, each['const']]] : [],
  );
}

function unescaped(name: string): string {
  try {
    return decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return name;
  }
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
