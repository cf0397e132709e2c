import type { JsonSchema } from '@skerry/core';
import { part, propertiesOf, typesOf, variantsOf, wholeSchema, type Subschema } from './subschema.js';

/** A message that a schema most likely accepts, with the fields that must be there. Patterns are not looked at. */
export function exampleOf(schema: JsonSchema): unknown {
  return example(wholeSchema(schema), '', 0);
}

// Classes that contain themselves end here.
const deepest = 8;

function example(of: Subschema, name: string, depth: number): unknown {
  const { schema } = of;
  const { examples, enum: choices } = schema;
  if (Array.isArray(examples) && examples.length > 0) return examples[0] as unknown;
  if ('default' in schema) return schema['default'];
  if ('const' in schema) return schema['const'];
  if (Array.isArray(choices) && choices.length > 0) return choices[0] as unknown;
  const [variant] = variantsOf(of);
  const [type = schema['properties'] ? 'object' : undefined] = typesOf(of);
  if (type === undefined && variant && depth < deepest) return example(variant, name, depth + 1);
  switch (type) {
    case 'string':
      return exampleText(schema, name);
    case 'integer':
    case 'number':
      return exampleNumber(schema);
    case 'boolean':
      return true;
    case 'array':
      return exampleList(of, name, depth);
    case 'object':
      return exampleObject(of, depth);
    default:
      return type === undefined ? {} : null;
  }
}

function exampleObject(of: Subschema, depth: number): Record<string, unknown> {
  if (depth >= deepest) return {};
  const needed = propertiesOf(of).filter(({ required }) => required);
  return Object.fromEntries(needed.map(({ name, value }) => [name, example(value, name, depth + 1)]));
}

function exampleList(of: Subschema, name: string, depth: number): unknown[] {
  const { minItems, maxItems, items } = of.schema;
  if (depth >= deepest || maxItems === 0) return [];
  const length = typeof minItems === 'number' ? Math.min(Math.max(1, minItems), 3) : 1;
  const item = example(part(of, items), name.replace(/s$/, ''), depth + 1);
  return Array.from({ length }, () => item);
}

const formats: Readonly<Record<string, string>> = {
  email: 'ada@example.org',
  uuid: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  uri: 'https://example.org',
  hostname: 'example.org',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  'date-time': '2030-01-31T12:00:00Z',
  date: '2030-01-31',
  time: '12:00:00Z',
};

/** By what a field's name ends with. */
const names: readonly (readonly [RegExp, string])[] = [
  [/name$|^(?:user|author|customer|owner)$/i, 'Ada'],
  [/mail$/i, 'ada@example.org'],
  [/(?:id|sku|code|key)$/i, 'A1'],
  [/(?:text|message|note|comment|body|description)$/i, 'Hello'],
  [/(?:url|uri|link)$/i, 'https://example.org'],
  [/city$/i, 'London'],
  [/country$/i, 'GB'],
  [/currency$/i, 'EUR'],
  [/phone$/i, '+442079460000'],
];

function exampleText({ format, minLength, maxLength }: JsonSchema, name: string): string {
  const known = typeof format === 'string' ? formats[format] : undefined;
  if (known) return known;
  const text = names.find(([pattern]) => pattern.test(name))?.[1] ?? 'abc';
  const longest = typeof maxLength === 'number' ? maxLength : Infinity;
  const shortest = typeof minLength === 'number' ? Math.min(minLength, 80) : 0;
  return text.padEnd(shortest, text).slice(0, longest);
}

function exampleNumber({ minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, type }: JsonSchema): number {
  const step = typeof multipleOf === 'number' && multipleOf > 0 ? multipleOf : 1;
  const whole = type === 'integer' || step !== 1;
  const least = Math.max(numberOr(minimum, -Infinity), numberOr(exclusiveMinimum, -Infinity));
  const most = Math.min(numberOr(maximum, Infinity), numberOr(exclusiveMaximum, Infinity));
  const above = typeof exclusiveMinimum === 'number' && exclusiveMinimum >= least;
  const below = typeof exclusiveMaximum === 'number' && exclusiveMaximum <= most;
  const fits = (value: number): boolean =>
    (above ? value > least : value >= least) && (below ? value < most : value <= most);
  const steps = [
    step,
    Math.ceil(least / step) * step,
    (Math.floor(least / step) + 1) * step,
    Math.floor(most / step) * step,
  ];
  const candidates = whole ? steps : [1, least, ...steps, (least + most) / 2, most];
  return candidates.find((value) => Number.isFinite(value) && fits(value)) ?? 0;
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}
