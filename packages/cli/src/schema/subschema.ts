import type { JsonSchema } from '@skerry/core';

/** A schema, and the one that its `$ref`s point into. */
export interface Subschema {
  readonly schema: JsonSchema;
  readonly root: JsonSchema;
}

/** The whole of a schema from the registry. */
export function wholeSchema(schema: JsonSchema): Subschema {
  return resolved(schema, schema);
}

/** A part of a schema, with what it refers to in place. Anything that is no schema allows everything. */
export function part({ root }: Subschema, value: unknown): Subschema {
  return resolved(isSchema(value) ? value : {}, root);
}

/** The properties of an object's schema, in their order. */
export function propertiesOf(of: Subschema): { name: string; required: boolean; value: Subschema }[] {
  const { properties, required } = of.schema;
  const needed = new Set(Array.isArray(required) ? (required as unknown[]) : []);
  return Object.entries(isSchema(properties) ? properties : {}).map(([name, value]) => ({
    name,
    required: needed.has(name),
    value: part(of, value),
  }));
}

/** The schemas of which one must hold; none where there is no choice. */
export function variantsOf(of: Subschema): Subschema[] {
  const variants = [of.schema['anyOf'], of.schema['oneOf']].find(Array.isArray) as unknown[] | undefined;
  return (variants ?? []).map((each) => part(of, each));
}

/** The types that are named, `null` aside: it says that a value may be left out. */
export function typesOf({ schema: { type } }: Subschema): string[] {
  const types: unknown[] = Array.isArray(type) ? type : [type];
  return types.filter((each): each is string => typeof each === 'string' && each !== 'null');
}

// More than any class needs, and an end to those that refer to each other in a circle.
const longestChain = 16;

/** Keywords beside a `$ref` add to what it refers to, as do those of `allOf`. */
function resolved(schema: JsonSchema, root: JsonSchema): Subschema {
  let whole = schema;
  for (let links = 0; links < longestChain && (whole['$ref'] !== undefined || whole['allOf'] !== undefined); links++) {
    const { $ref, allOf, ...own } = whole;
    const others = [
      ...(Array.isArray(allOf) ? (allOf as unknown[]) : []),
      ...(typeof $ref === 'string' ? [lookUp($ref, root)] : []),
    ];
    whole = others.filter(isSchema).reduce<JsonSchema>((all, each) => merged(each, all), own);
  }
  return { schema: whole, root };
}

function merged(base: JsonSchema, over: JsonSchema): JsonSchema {
  const properties = { ...objectOf(base['properties']), ...objectOf(over['properties']) };
  const required = [...new Set([...listOf(base['required']), ...listOf(over['required'])])];
  return {
    ...base,
    ...over,
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
    ...(required.length > 0 ? { required } : {}),
  };
}

/** Follows a JSON Pointer within the same document (`#/$defs/Address`), the only kind of reference that is known here. */
function lookUp(reference: string, root: JsonSchema): unknown {
  const [document, pointer = ''] = reference.split('#');
  if (document !== '') return undefined;
  const steps = pointer.split('/').slice(1).map(unescaped);
  return steps.reduce<unknown>((value, step) => objectOf(value)[step], root);
}

function unescaped(step: string): string {
  try {
    return decodeURIComponent(step).replace(/~1/g, '/').replace(/~0/g, '~');
  } catch {
    return step;
  }
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return isSchema(value) ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
