import type { JsonSchema } from '@skerry/core';
import { fieldsOf } from './fields.js';

function lines(schema: JsonSchema): string[] {
  return fieldsOf(schema).map(({ path, type, required, rules }) =>
    [path, type, required ? 'required' : 'optional', rules].filter(Boolean).join(' | '),
  );
}

function object(properties: JsonSchema, required: string[] = []): JsonSchema {
  return { type: 'object', properties, required };
}

test.each<[string, JsonSchema]>([
  ['string', { type: 'string' }],
  ['string | 1 to 80 characters', { type: 'string', minLength: 1, maxLength: 80 }],
  ['string | at least 1 character', { type: 'string', minLength: 1 }],
  ['string | at most 3 characters', { type: 'string', minLength: 0, maxLength: 3 }],
  ['string | exactly 2 characters', { type: 'string', minLength: 2, maxLength: 2 }],
  ['string | email', { type: 'string', format: 'email' }],
  ['string | like /^a/', { type: 'string', pattern: '^a' }],
  ['integer | 1 to 10', { type: 'integer', minimum: 1, maximum: 10 }],
  ['number | at least 0, less than 1', { type: 'number', minimum: 0, exclusiveMaximum: 1 }],
  ['number | more than 0', { type: 'number', exclusiveMinimum: 0 }],
  ['integer | a multiple of 5', { type: 'integer', multipleOf: 5 }],
  ['"red" or "blue"', { enum: ['red', 'blue'] }],
  ['"red"', { const: 'red' }],
  ['string or integer', { type: ['string', 'integer', 'null'] }],
  [
    'array of string | 1 to 3 items, no duplicates',
    { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 3, uniqueItems: true },
  ],
  ['array of string | each at most 9 characters', { type: 'array', items: { type: 'string', maxLength: 9 } }],
  ['array of (1 or 2)', { type: 'array', items: { enum: [1, 2] } }],
  ['array', { type: 'array' }],
  ['string or number', { anyOf: [{ type: 'string' }, { type: 'number' }] }],
  ['boolean | default true', { type: 'boolean', default: true }],
  ['anything', {}],
])('says %s', (text, schema) => {
  expect(lines(object({ field: schema }))).toEqual([`field | ${text.replace(/ \| |$/, ' | optional$&')}`]);
});

test('says what must be there', () => {
  expect(lines(object({ a: { type: 'string' }, b: { type: 'string' } }, ['b']))).toEqual([
    'a | string | optional',
    'b | string | required',
  ]);
});

test('shows the fields of what is nested below it, through references and lists', () => {
  const schema = {
    ...object({ lines: { type: 'array', items: { $ref: '#/$defs/Order%20Line' } }, to: { $ref: '#/$defs/Address' } }),
    $defs: {
      'Order Line': object({ sku: { type: 'string' } }, ['sku']),
      Address: object({ city: { type: 'string' } }),
    },
  };
  expect(lines(schema)).toEqual([
    'lines | array of object | optional',
    'lines[].sku | string | required',
    'to | object | optional',
    'to.city | string | optional',
  ]);
});

test('ends for classes that contain themselves', () => {
  const paths = fieldsOf(object({ child: { $ref: '#' } })).map(({ path }) => path);
  expect(paths).toEqual([
    'child',
    'child.child',
    'child.child.child',
    'child.child.child.child',
    'child.child.child.child.child',
  ]);
});

test('ends for references that lead nowhere but to each other', () => {
  const schema = {
    ...object({ a: { $ref: '#/$defs/A' } }),
    $defs: { A: { $ref: '#/$defs/B' }, B: { $ref: '#/$defs/A' } },
  };
  expect(lines(schema)).toEqual(['a | anything | optional']);
});

test('tells the classes of a union by their titles', () => {
  const schema = {
    ...object({
      pet: { anyOf: [{ $ref: '#/$defs/Cat', properties: { kind: { const: 'cat' } } }, { $ref: '#/$defs/Dog' }] },
    }),
    $defs: { Cat: { title: 'Cat', ...object({}) }, Dog: { title: 'Dog', ...object({}) } },
  };
  expect(lines(schema)).toEqual(['pet | Cat or Dog | optional']);
});

test('describes a message that is a single value', () => {
  expect(fieldsOf({ type: 'string', maxLength: 3 })).toEqual([
    { path: '', type: 'string', required: true, rules: 'at most 3 characters' },
  ]);
});

test.each<[string, unknown]>([
  ['properties', 3],
  ['required', 'name'],
  ['$ref', 'https://example.org/schema'],
  ['$ref', '#/%E0%A4%A'],
  ['anyOf', [null]],
])('bears with a %s that is %j', (keyword, value) => {
  expect(fieldsOf({ [keyword]: value })).toHaveLength(1);
});
