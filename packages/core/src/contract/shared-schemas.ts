import type { JsonSchema } from '../schema/json-schema.js';

/**
 * The classes of several messages, each described once under a name of its own, as documents keep them: where a message's own
 * schema says `#` or `#/$defs/Address`, here stands `#/components/schemas/Address`. Two classes of one name that differ are
 * told apart by a number, in the order in which they come.
 *
 * Keywords beside a `$ref` move into an `allOf`: to older drafts, AsyncAPI's among them, they mean nothing.
 */
export class SharedSchemas {
  private readonly named = new Map<string, JsonSchema>();
  private readonly names = new Map<string, string>();

  /**
   * @param prefix What stands before a name in a reference: `#/components/schemas/`.
   * @param taken  Names that no class may get.
   */
  constructor(
    private readonly prefix: string,
    private readonly taken: readonly string[] = [],
  ) {}

  /** What stands for the schema elsewhere in the document: a reference to a class; anything else as it is. */
  add(schema: JsonSchema): JsonSchema {
    const { $defs, ...root } = schema;
    const message: Message = { root, definitions: isSchema($defs) ? $defs : {}, known: new Map() };
    return typeof root['title'] === 'string' && root['type'] === 'object'
      ? this.ref('#', message)
      : this.moved(root, message);
  }

  /** By name, sorted. */
  get schemas(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries([...this.named].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  private ref(local: string, message: Message): JsonSchema {
    const name = message.known.get(local) ?? this.name(local, message);
    return { $ref: `${this.prefix}${name}` };
  }

  private name(local: string, message: Message): string {
    const schema = lookUp(local, message);
    const same = fingerprint(local, message);
    const found = this.names.get(same);
    if (found !== undefined) {
      message.known.set(local, found);
      return found;
    }
    const { title } = schema;
    // Documents allow no others in a name.
    const wanted = (typeof title === 'string' ? title : '').replace(/[^A-Za-z0-9._-]/g, '_') || 'Anonymous';
    let name = wanted;
    for (let count = 2; this.named.has(name) || this.taken.includes(name); count++) name = `${wanted}${count}`;
    this.names.set(same, name);
    message.known.set(local, name);
    // Taken before it is described: it may refer to itself.
    this.named.set(name, {});
    this.named.set(name, this.moved(schema, message));
    return name;
  }

  private moved(schema: JsonSchema, message: Message): JsonSchema {
    const { $ref, ...own } = schema;
    const rest = mapSchemas(own, (each) => this.moved(each, message));
    if (typeof $ref !== 'string') return rest;
    const ref = this.ref($ref, message);
    return Object.keys(rest).length === 0 ? ref : { allOf: [ref, rest] };
  }
}

/** A schema with the classes that it refers to. */
interface Message {
  readonly root: JsonSchema;
  readonly definitions: Readonly<Record<string, unknown>>;
  /** By reference, the names of those that are described already. */
  readonly known: Map<string, string>;
}

const single = ['items', 'additionalProperties', 'not'];
const lists = ['anyOf', 'oneOf', 'allOf'];

/** The schema with its parts replaced, as far as message schemas have any. */
function mapSchemas(schema: JsonSchema, map: (part: JsonSchema) => JsonSchema): JsonSchema {
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => {
      if (keyword === 'properties' && isSchema(value)) {
        return [keyword, Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapOne(each, map)]))];
      }
      if (single.includes(keyword)) return [keyword, mapOne(value, map)];
      if (lists.includes(keyword) && Array.isArray(value)) return [keyword, value.map((each) => mapOne(each, map))];
      return [keyword, value];
    }),
  );
}

function mapOne(value: unknown, map: (part: JsonSchema) => JsonSchema): unknown {
  return isSchema(value) ? map(value) : value;
}

/** The same for the same class, whatever the classes around it are called. */
function fingerprint(local: string, message: Message): string {
  const seen = new Map<string, number>();
  const spelled = (reference: string): unknown => {
    const index = seen.get(reference);
    if (index !== undefined) return index;
    seen.set(reference, seen.size);
    return walk(lookUp(reference, message));
  };
  const walk = (schema: JsonSchema): JsonSchema => {
    const { $ref, ...own } = schema;
    const rest = mapSchemas(own, walk);
    return typeof $ref === 'string' ? { ...rest, $ref: spelled($ref) } : rest;
  };
  return JSON.stringify(spelled(local));
}

function lookUp(reference: string, { root, definitions }: Message): JsonSchema {
  if (reference === '#') return root;
  const found = definitions[unescaped(reference.replace(/^#\/\$defs\//, ''))];
  return isSchema(found) ? found : {};
}

/** A schema may have come from a registry, where others write. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
