import type { JsonSchema } from '../schema/json-schema.js';
import { boundShifts, choiceShift, choicesOf, covers, opaqueShifts, typesOf, type Shift } from './compare-values.js';
import { isSchema } from './shared-schemas.js';

/** Which way messages of a schema go: to the application, or from it to others. */
export type Direction = 'in' | 'out';

/** What became of one place of a message. */
export interface SchemaChange {
  readonly breaking: boolean;
  /** From the message's root: `lines[].pieces`; empty for the message itself. */
  readonly path: string;
  readonly what: string;
  /** What it does to those at the other end, when it breaks them. */
  readonly harm: 'refused' | 'lost' | 'missing' | 'unexpected';
}

export type SchemasByReference = (reference: string) => JsonSchema;

/**
 * Everything that differs between two schemas of messages. What comes in must not be narrowed: senders go on as before. What goes
 * out must not be widened: readers rely on what they know. A field that has gone breaks both, as it meant something to whoever wrote
 * or read it. What cannot be compared, such as two patterns, counts as both.
 */
export function compareSchemas(
  before: JsonSchema,
  after: JsonSchema,
  direction: Direction,
  known: { readonly before: SchemasByReference; readonly after: SchemasByReference },
): SchemaChange[] {
  const changes: SchemaChange[] = [];
  const compared = new Set<string>();

  const report = (path: string, { what, narrowed, widened }: Shift): void => {
    const breaking = direction === 'in' ? narrowed : widened;
    changes.push({ breaking, path, what, harm: direction === 'in' ? 'refused' : 'unexpected' });
  };

  const compare = (was: JsonSchema, is: JsonSchema, path: string): void => {
    const references = [was['$ref'], is['$ref']];
    if (references.every((each) => typeof each === 'string')) {
      // Classes may contain themselves; and what is said once is enough.
      const pair = references.join(' ');
      if (compared.has(pair)) return;
      compared.add(pair);
    }
    const [a, b] = [resolved(was, known.before), resolved(is, known.after)];
    const [any, anyNow] = [isAnything(a), isAnything(b)];
    if (any && anyNow) return;
    if (any || anyNow) {
      const what = any ? `only ${kindOf(b)} is allowed now` : `anything is allowed now, not only ${kindOf(a)}`;
      report(path, { what, narrowed: any, widened: anyNow });
    } else if (isUnion(a) || isUnion(b)) {
      compareVariants(a, b, path);
    } else if (choicesOf(a) ?? choicesOf(b)) {
      const shift = choiceShift(a, b);
      if (shift) report(path, shift);
    } else {
      compareTypes(a, b, path);
    }
  };

  const compareTypes = (a: JsonSchema, b: JsonSchema, path: string): void => {
    const [was, is] = [typesOf(a), typesOf(b)];
    const gone = (was ?? []).filter((type) => !covers(is, type));
    const added = (is ?? []).filter((type) => !covers(was, type));
    if (gone.length + added.length > 0) {
      const what = `type changed from ${kindOf(a)} to ${kindOf(b)}`;
      report(path, { what, narrowed: gone.length > 0, widened: added.length > 0 });
      // Nothing else is comparable, unless one contains the other.
      if (gone.length > 0 && added.length > 0) return;
    }
    for (const shift of [...boundShifts(a, b), ...opaqueShifts(a, b)]) report(path, shift);
    if ([was, is].every((types) => types?.includes('array')))
      compare(partOf(a, 'items'), partOf(b, 'items'), `${path}[]`);
    if ([was, is].every((types) => types?.includes('object'))) compareObjects(a, b, path);
  };

  const compareObjects = (a: JsonSchema, b: JsonSchema, path: string): void => {
    const [was, is] = [shapeOf(a), shapeOf(b)];
    if (was !== is) {
      const what = `changed from ${was} to ${is}`;
      return report(path, { what, narrowed: is !== 'any object', widened: was !== 'any object' });
    }
    if (was === 'a map')
      return compare(partOf(a, 'additionalProperties'), partOf(b, 'additionalProperties'), `${path}.*`);
    const [old, now] = [fieldsOf(a), fieldsOf(b)];
    for (const [name, { required, schema }] of old) {
      const field = path === '' ? name : `${path}.${name}`;
      const same = now.get(name);
      if (!same) {
        changes.push({
          breaking: true,
          path: field,
          what: 'field removed',
          harm: direction === 'in' ? 'lost' : 'missing',
        });
        continue;
      }
      if (required !== same.required) {
        const breaking = direction === 'in' ? same.required : required;
        const what = same.required ? 'is required now' : 'may be left out now';
        changes.push({ breaking, path: field, what, harm: direction === 'in' ? 'refused' : 'missing' });
      }
      compare(schema, same.schema, field);
    }
    for (const [name, { required }] of now) {
      if (old.has(name)) continue;
      const what = `new ${required ? 'required' : 'optional'} field`;
      const breaking = direction === 'in' && required;
      changes.push({ breaking, path: path === '' ? name : `${path}.${name}`, what, harm: 'refused' });
    }
  };

  const compareVariants = (a: JsonSchema, b: JsonSchema, path: string): void => {
    const [was, is] = [variantsOf(a, known.before), variantsOf(b, known.after)];
    const [gone, added] = [without(was, is), without(is, was)];
    if (gone.length + added.length > 0) {
      const what = [
        ...(gone.length > 0 ? [`no longer ${gone.join(' or ')}`] : []),
        ...(added.length > 0 ? [`also ${added.join(' or ')}`] : []),
      ];
      report(path, { what: what.join(', '), narrowed: gone.length > 0, widened: added.length > 0 });
    }
    for (const [name, variant] of was) if (is.has(name)) compare(variant, is.get(name)!, path);
  };

  compare(before, after, '');
  return changes;
}

const longestChain = 16;

/** With what it refers to in place. */
function resolved(schema: JsonSchema, known: SchemasByReference): JsonSchema {
  let whole = schema;
  for (let links = 0; links < longestChain && (whole['$ref'] !== undefined || whole['allOf'] !== undefined); links++) {
    const { $ref, allOf, ...own } = whole;
    const parts = [
      ...(typeof $ref === 'string' ? [known($ref)] : []),
      ...(Array.isArray(allOf) ? allOf.filter(isSchema).map((each) => resolved(each, known)) : []),
    ];
    whole = [...parts, own].reduce(merged);
  }
  return whole;
}

function merged(base: JsonSchema, over: JsonSchema): JsonSchema {
  const [one, other] = [base['properties'], over['properties']];
  const required = [base, over].flatMap(({ required: names }) => (Array.isArray(names) ? (names as unknown[]) : []));
  return {
    ...base,
    ...over,
    ...(isSchema(one) || isSchema(other) ? { properties: { ...(one as object), ...(other as object) } } : {}),
    ...(required.length > 0 ? { required: [...new Set(required)] } : {}),
  };
}

function isAnything(schema: JsonSchema): boolean {
  return !typesOf(schema) && !isUnion(schema);
}

/** Of classes; a value of one type with alternatives is compared as it is. */
function isUnion(schema: JsonSchema): boolean {
  return Array.isArray(schema['anyOf']) && schema['type'] === undefined;
}

function variantsOf(schema: JsonSchema, known: SchemasByReference): Map<string, JsonSchema> {
  const variants = isUnion(schema) ? (schema['anyOf'] as JsonSchema[]) : [schema];
  return new Map(variants.map((each) => resolved(each, known)).map((each) => [variantName(each), each]));
}

/** What a variant is told by: the value of its discriminator, or else its class. */
function variantName(schema: JsonSchema): string {
  const properties = isSchema(schema['properties']) ? schema['properties'] : {};
  const [name, value] = Object.entries(properties).find(([, each]) => isSchema(each) && 'const' in each) ?? [];
  if (name !== undefined) return `${name} ${JSON.stringify((value as JsonSchema)['const'])}`;
  return typeof schema['title'] === 'string' ? schema['title'] : JSON.stringify(schema);
}

function without(these: ReadonlyMap<string, unknown>, others: ReadonlyMap<string, unknown>): string[] {
  return [...these.keys()].filter((name) => !others.has(name));
}

function partOf(schema: JsonSchema, keyword: string): JsonSchema {
  const part = schema[keyword];
  return isSchema(part) ? part : {};
}

function shapeOf(schema: JsonSchema): 'a class' | 'a map' | 'any object' {
  if (isSchema(schema['additionalProperties'])) return 'a map';
  return schema['properties'] !== undefined || schema['title'] !== undefined ? 'a class' : 'any object';
}

function fieldsOf(schema: JsonSchema): Map<string, { required: boolean; schema: JsonSchema }> {
  const required = Array.isArray(schema['required']) ? (schema['required'] as unknown[]) : [];
  const fields = Object.entries(partOf(schema, 'properties'));
  return new Map(
    fields.map(([name, each]) => [name, { required: required.includes(name), schema: isSchema(each) ? each : {} }]),
  );
}

function kindOf(schema: JsonSchema): string {
  if (isUnion(schema)) return 'one of several classes';
  return typesOf(schema)?.join(' or ') ?? 'anything';
}
