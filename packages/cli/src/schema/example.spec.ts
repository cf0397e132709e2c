import type { JsonSchema } from '@skerry/core';
import { exampleOf } from './example.js';

test.each<[unknown, JsonSchema]>([
  ['abc', { type: 'string' }],
  ['ab', { type: 'string', maxLength: 2 }],
  ['abcabc', { type: 'string', minLength: 6 }],
  ['ada@example.org', { type: 'string', format: 'email' }],
  ['red', { enum: ['red', 'blue'] }],
  ['red', { const: 'red' }],
  [7, { type: 'integer', examples: [7] }],
  [8, { type: 'integer', default: 8 }],
  [1, { type: 'integer' }],
  [5, { type: 'integer', minimum: 5, maximum: 9 }],
  [6, { type: 'integer', exclusiveMinimum: 5 }],
  [-3, { type: 'integer', maximum: -3 }],
  [10, { type: 'integer', minimum: 7, multipleOf: 5 }],
  [0.5, { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }],
  [0.25, { type: 'number', minimum: 0.25, maximum: 0.75 }],
  [true, { type: 'boolean' }],
  [['abc'], { type: 'array', items: { type: 'string' } }],
  [[1, 1], { type: 'array', items: { type: 'integer' }, minItems: 2 }],
  [[], { type: 'array', items: { type: 'integer' }, maxItems: 0 }],
  [{}, {}],
  [{}, { type: 'object', properties: { name: { type: 'string' } } }],
  [
    { name: 'Ada' },
    { type: 'object', properties: { name: { type: 'string' }, age: { type: 'integer' } }, required: ['name'] },
  ],
  [{ names: ['Ada'] }, { properties: { names: { type: 'array', items: { type: 'string' } } }, required: ['names'] }],
  [1, { anyOf: [{ type: 'integer' }, { type: 'string' }] }],
])('gives %j for %j', (example, schema) => {
  expect(exampleOf(schema)).toEqual(example);
});

test('follows references, and ends for classes that contain themselves', () => {
  const schema = {
    $ref: '#/$defs/Node',
    $defs: { Node: { type: 'object', properties: { next: { $ref: '#/$defs/Node' } }, required: ['next'] } },
  };
  expect(JSON.stringify(exampleOf(schema))).toBe('{"next":'.repeat(8) + '{}' + '}'.repeat(8));
});

test('chooses the first of a union, with what tells it from the others', () => {
  const schema = {
    type: 'object',
    properties: {
      pet: { anyOf: [{ $ref: '#/$defs/Cat', properties: { kind: { const: 'cat' } }, required: ['kind'] }] },
    },
    required: ['pet'],
    $defs: { Cat: { type: 'object', properties: { lives: { type: 'integer', minimum: 9 } }, required: ['lives'] } },
  };
  expect(exampleOf(schema)).toEqual({ pet: { kind: 'cat', lives: 9 } });
});
