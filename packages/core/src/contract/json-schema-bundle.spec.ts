import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { Skerry } from '../app/skerry.js';
import type { JsonSchema } from '../schema/json-schema.js';
import { EveryFeatureModule } from './fixtures/every-feature.js';
import { jsonSchemaBundle } from './json-schema-bundle.js';

let bundle: JsonSchema;
let ajv: Ajv2020.default;
beforeAll(async () => {
  bundle = jsonSchemaBundle((await Skerry.create(EveryFeatureModule, { env: {} })).contract);
  ajv = new Ajv2020.default({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(bundle, 'bundle');
});

function accepts(name: string, value: unknown): boolean {
  return ajv.validate({ $ref: `bundle#/$defs/${name}` }, value);
}

test('has every class once, as a schema that compiles', () => {
  const names = [
    'Address',
    'Address2',
    'Card',
    'Invoice',
    'Line',
    'Moved',
    'OrderPlaced',
    'StockReply',
    'StockRequest',
  ];
  expect(Object.keys(bundle['$defs'] as object)).toEqual(names);
  for (const name of names) expect(ajv.getSchema(`bundle#/$defs/${name}`)).toBeInstanceOf(Function);
  expect(bundle).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'EveryFeatureModule',
  });
});

test('accepts what the classes accept, and nothing else', () => {
  const order = {
    ...{ id: 'A1', state: 'new', address: { street: 'Main Street' } },
    lines: [{ sku: 'set', pieces: 1, parts: [{ sku: 'part', pieces: 2 }] }],
    payment: { kind: 'invoice', to: { street: 'Side Street' } },
  };
  expect(accepts('OrderPlaced', order)).toBe(true);
  expect(accepts('OrderPlaced', { ...order, payment: { kind: 'card' } })).toBe(false);
  expect(
    accepts('OrderPlaced', { ...order, lines: [{ sku: 'set', pieces: 1, parts: [{ sku: 'part', pieces: 0 }] }] }),
  ).toBe(false);
  expect(accepts('Moved', { to: { box: 1 } })).toBe(true);
  expect(accepts('Moved', { to: { street: 'Main Street' } })).toBe(false);
});
