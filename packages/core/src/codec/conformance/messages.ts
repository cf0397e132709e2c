import type fastCheck from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { JsonSchema } from '../../schema/json-schema.js';
import type { CodecLack } from './harness.js';

/** Any message that every codec carries, with what is not lacking. */
export function anyMessage(fc: typeof fastCheck, lacks: ReadonlySet<CodecLack>): Arbitrary<unknown> {
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5, depthSize: 'small' },
      ...scalars(fc, lacks),
      fc.array(tie('value'), { maxLength: 5 }),
      fc.dictionary(key(fc), tie('value'), { maxKeys: 5, noNullPrototype: true }),
    ),
  }));
  return value;
}

function scalars(fc: typeof fastCheck, lacks: ReadonlySet<CodecLack>): Arbitrary<unknown>[] {
  const { MAX_SAFE_INTEGER: most } = Number;
  return [
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.integer({ min: -most, max: most }),
    number(fc, lacks),
    fc.boolean(),
    fc.constant(null),
    ...(lacks.has('dates') ? [] : [fc.date({ noInvalidDate: true })]),
    ...(lacks.has('bigints') ? [] : [fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })]),
    ...(lacks.has('bytes') ? [] : [fc.uint8Array()]),
  ];
}

function number(fc: typeof fastCheck, lacks: ReadonlySet<CodecLack>): Arbitrary<number> {
  const finite = lacks.has('nonFinite');
  const numbers = fc.double({ noNaN: finite, noDefaultInfinity: finite });
  return lacks.has('negativeZero') ? numbers.map((each) => each + 0) : numbers;
}

/** Of the keys that reach a prototype there are cases of their own. */
function key(fc: typeof fastCheck): Arbitrary<string> {
  return fc
    .string({ unit: 'binary', maxLength: 12 })
    .filter((each) => !each.includes('\0') && each !== '__proto__' && each !== 'constructor');
}

/** What a class may say of a value; `self` is the whole message again. */
type Shape =
  | { readonly kind: 'text' | 'number' | 'boolean' | 'date' | 'bigint' | 'bytes' | 'self' }
  | { readonly kind: 'list' | 'map'; readonly of: Shape }
  | { readonly kind: 'object'; readonly fields: readonly Shape[] }
  | { readonly kind: 'variant'; readonly of: readonly Shape[] };

/** A schema, as classes have them, and a message that it describes. */
export interface Described {
  readonly schema: JsonSchema;
  readonly message: unknown;
}

export function anyDescribed(fc: typeof fastCheck, lacks: ReadonlySet<CodecLack>): Arbitrary<Described> {
  const kinds = ['text', 'number', 'boolean', 'date', 'bigint', 'bytes', 'self'] as const;
  // Where a schema cannot say all, it does not reach into a collection in a collection.
  const item = lacks.has('anything') ? 'fields' : 'shape';
  const { fields } = fc.letrec<{ shape: Shape; fields: Shape & { kind: 'object' } }>((tie) => ({
    shape: fc.oneof(
      { maxDepth: 2, depthSize: 'xsmall' },
      fc.constantFrom(...kinds).map((kind): Shape => ({ kind })),
      fc.record({ kind: fc.constantFrom('list' as const, 'map' as const), of: tie(item) }),
      tie('fields'),
      fc.array(tie('fields'), { minLength: 2, maxLength: 3 }).map((of): Shape => ({ kind: 'variant', of })),
    ),
    fields: fc
      .array(tie('shape'), { minLength: 1, maxLength: 4 })
      .map((each) => ({ kind: 'object' as const, fields: each })),
  }));
  return fields.chain((root) =>
    messageOf(fc, root, root, lacks, 1).map((message) => ({ schema: schemaOf(root), message })),
  );
}

function schemaOf(root: Shape): JsonSchema {
  const $defs: Record<string, JsonSchema> = {};
  const schema = describe(root, $defs, root);
  return { ...schema, $defs };
}

const scalarSchemas: Readonly<Record<string, JsonSchema>> = {
  text: { type: 'string' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date-time', 'x-skerry-type': 'date' },
  bigint: { type: 'string', pattern: '^-?[0-9]+$', 'x-skerry-type': 'bigint' },
  bytes: { type: 'string', contentEncoding: 'base64', 'x-skerry-type': 'bytes' },
  self: { $ref: '#' },
};

function describe(shape: Shape, $defs: Record<string, JsonSchema>, root: Shape): JsonSchema {
  switch (shape.kind) {
    case 'list':
      return { type: 'array', items: describe(shape.of, $defs, root) };
    case 'map':
      return { type: 'object', additionalProperties: describe(shape.of, $defs, root) };
    case 'object': {
      const properties = shape.fields.map((each, index) => {
        const schema = describe(each, $defs, root);
        return [`f${index}`, { ...schema, 'x-skerry-field': index + 1 }] as const;
      });
      const schema = { title: 'Message', type: 'object', properties: Object.fromEntries(properties) };
      if (shape === root) return schema;
      const name = `D${Object.keys($defs).length}`;
      $defs[name] = schema;
      return { $ref: `#/$defs/${name}` };
    }
    case 'variant':
      return {
        anyOf: shape.of.map((each, index) => ({
          ...describe(each, $defs, root),
          ...{ properties: { kind: { const: `v${index}` } }, required: ['kind'] },
        })),
      };
    default:
      return scalarSchemas[shape.kind]!;
  }
}

function messageOf(
  fc: typeof fastCheck,
  shape: Shape,
  root: Shape,
  lacks: ReadonlySet<CodecLack>,
  again: number,
): Arbitrary<unknown> {
  const inner = (each: Shape, left = again): Arbitrary<unknown> => messageOf(fc, each, root, lacks, left);
  switch (shape.kind) {
    case 'text':
      return fc.string({ unit: 'binary' });
    case 'number':
      return number(fc, lacks);
    case 'boolean':
      return fc.boolean();
    case 'date':
      return fc.date({ noInvalidDate: true });
    case 'bigint':
      return lacks.has('anything')
        ? fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
        : fc.oneof(fc.bigInt(), fc.bigInt({ min: -(10n ** 60n), max: 10n ** 60n }));
    case 'bytes':
      return fc.uint8Array();
    case 'self':
      return again === 0 ? fc.constant({}) : inner(root, again - 1);
    case 'list':
      return fc.array(inner(shape.of), { maxLength: 2 });
    case 'map':
      return fc.dictionary(key(fc), inner(shape.of), { maxKeys: 2, noNullPrototype: true });
    case 'object': {
      const fields = Object.fromEntries(shape.fields.map((each, index) => [`f${index}`, inner(each)]));
      return fc.record(fields, { requiredKeys: [], noNullPrototype: true });
    }
    case 'variant':
      return fc.oneof(
        ...shape.of.map((each, index) => inner(each).map((value) => ({ ...(value as object), kind: `v${index}` }))),
      );
  }
}
