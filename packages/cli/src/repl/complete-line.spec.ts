import fc from 'fast-check';
import type { EndpointRecord } from '@skerry/core';
import { completeLine, type Knowledge } from './complete-line.js';

const request = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    language: { enum: ['en', 'de'] },
    polite: { type: 'boolean' },
    address: { $ref: '#/$defs/Address' },
    others: { type: 'array', items: { $ref: '#/$defs/Address' } },
    shape: {
      anyOf: [
        { type: 'object', properties: { kind: { const: 'circle' }, radius: { type: 'number' } } },
        { type: 'object', properties: { side: {} } },
      ],
    },
  },
  $defs: { Address: { type: 'object', properties: { city: { type: 'string' }, country: { enum: ['GB', 'DE'] } } } },
};
const hello: EndpointRecord = { name: 'hello', kind: 'unary', idempotent: true, readOnly: true, request };
const knowledge: Knowledge = {
  last: { value: { id: 'A1', items: [{ code: 'x' }], 'a b': 1 } },
  commands: ['.help', '.services', '.describe', '.exit'],
  services: new Map([
    ['greeter', [hello, { ...hello, name: 'wave', request: undefined } as unknown as EndpointRecord]],
    ['shop.orders', [{ ...hello, name: 'place' }]],
  ]),
};

test.each([
  ['', ['greeter.hello', 'greeter.wave', 'shop.orders.place', '.help', '.services', '.describe', '.exit'], ''],
  ['gre', ['greeter.hello', 'greeter.wave'], 'gre'],
  ['shop.orders.', ['shop.orders.place'], 'shop.orders.'],
  ['.s', ['.services'], '.s'],
  ['.describe g', ['greeter'], 'g'],
  ['greeter.hello n', ['name='], 'n'],
  ['greeter.hello name=Ada l', ['language='], 'l'],
  ['greeter.hello address', ['address.city=', 'address.country='], 'address'],
  ['greeter.hello language=', ['language=en', 'language=de'], 'language='],
  ['_.', ['_.id', '_.items'], '_.'],
  ['greeter.hello name=_.i', ['_.id', '_.items'], '_.i'],
  ['greeter.hello name=_.items[', ['_.items[0]'], '_.items['],
  ['greeter.hello {"name":_.items[0].', ['_.items[0].code'], '_.items[0].'],
  ['greeter.hello name=_.none.', [], '_.none.'],
  ['greeter.hello polite=t', ['polite=true'], 'polite=t'],
  ['greeter.hello {', ['"name":', '"language":', '"polite":', '"address":', '"others":', '"shape":'], ''],
  ['greeter.hello {"na', ['"name":'], '"na'],
  ['greeter.hello { "name" : "Ada", "l', ['"language":'], '"l'],
  ['greeter.hello {"name"', [':'], ''],
  ['greeter.hello {"language":', ['"en"', '"de"'], ''],
  ['greeter.hello {"language":"d', ['"de"'], '"d'],
  ['greeter.hello {"polite": f', ['false'], 'f'],
  ['greeter.hello {"address":', ['{'], ''],
  ['greeter.hello {"address":{"c', ['"city":', '"country":'], '"c'],
  ['greeter.hello {"address":{"city":"a } , b","co', ['"country":'], '"co'],
  ['greeter.hello {"others":[{"city":"x"},{"country":"', ['"GB"', '"DE"'], '"'],
  ['greeter.hello {"address":{}, "po', ['"polite":'], '"po'],
  ['greeter.hello {"shape":{', ['"kind":', '"radius":', '"side":'], ''],
  ['greeter.hello {"shape":{"kind":', ['"circle"'], ''],
  ['greeter.hello {"name":"Ada"}', [], ''],
  ['greeter.wave ', [], ''],
  ['nobody.hello {"', [], ''],
])('%j', (line, candidates, partial) => {
  expect(completeLine(line, knowledge)).toEqual({ candidates, partial });
});

test('whatever is written, the end of the line goes on to be a candidate', () => {
  const piece = fc.constantFrom(
    'greeter.hello',
    ' ',
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"',
    '"name"',
    '"address"',
    'tr',
    '=',
    'name',
    '\\',
    '.',
    '1',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 12 }), (pieces) => {
      const line = pieces.join('');
      const { candidates, partial } = completeLine(line, knowledge);
      expect(line.endsWith(partial)).toBe(true);
      for (const each of candidates) expect(each.startsWith(partial)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});
