import type { JsonSchema } from '@skerry/core';

const mostHops = 16;
const nothing: JsonSchema = {};

/** Follows the references of one JSON Schema: to itself, `#`, and to its definitions, `#/$defs/Name`. */
export class Resolver {
  private readonly definitions: Readonly<Record<string, unknown>>;

  constructor(private readonly root: JsonSchema) {
    const { $defs } = root;
    this.definitions = typeof $defs === 'object' && $defs !== null ? ($defs as Record<string, unknown>) : {};
  }

  /** What `schema` is, or refers to; nothing known, `{}`, where that leads nowhere. */
  resolve(schema: JsonSchema): JsonSchema {
    let each = schema;
    for (let hop = 0; hop < mostHops; hop++) {
      const { $ref } = each;
      if (typeof $ref !== 'string') return each;
      const next = $ref === '#' ? this.root : this.definition($ref);
      if (!next) return nothing;
      each = next;
    }
    return nothing;
  }

  private definition(ref: string): JsonSchema | undefined {
    if (!ref.startsWith('#/$defs/')) return undefined;
    let name = ref.slice('#/$defs/'.length);
    try {
      name = decodeURIComponent(name);
    } catch {
      // Then it is meant as it stands.
    }
    const found = Object.hasOwn(this.definitions, name) ? this.definitions[name] : undefined;
    return typeof found === 'object' && found !== null ? (found as JsonSchema) : undefined;
  }
}
