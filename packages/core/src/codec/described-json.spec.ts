import type { JsonSchema } from '../schema/json-schema.js';
import { JsonCodec } from './json-codec.js';

const json = new JsonCodec();
const date = { type: 'string', format: 'date-time', 'x-skerry-type': 'date' };
const bigint = { type: 'string', 'x-skerry-type': 'bigint' };
const bytes = { type: 'string', contentEncoding: 'base64', 'x-skerry-type': 'bytes' };
const at = new Date('2026-01-02T03:04:05.678Z');

function object(properties: Record<string, unknown>, more: JsonSchema = {}): JsonSchema {
  return { type: 'object', properties, ...more };
}

function text(schema: JsonSchema, message: unknown): unknown {
  return JSON.parse(Buffer.from(json.forSchema(schema).encode(message)).toString());
}

function read(schema: JsonSchema, value: unknown): unknown {
  return json.forSchema(schema).decode(Buffer.from(JSON.stringify(value)));
}

/** What arrives, by either way. */
function through(schema: JsonSchema, message: unknown): unknown {
  const codec = json.forSchema(schema);
  const bytesOf = codec.encode(message);
  const value = codec.decode(bytesOf);
  const copy = codec.copy!(message)!;
  expect(copy.value).toStrictEqual(value);
  expect(copy.mostBytes).toBeGreaterThanOrEqual(bytesOf.length);
  return value;
}

test('a schema without any such value changes nothing', () => {
  expect(json.forSchema(object({ a: { type: 'string' }, list: { type: 'array', items: { $ref: '#' } } }))).toBe(json);
  expect(json.forSchema({})).toBe(json);
});

describe('a value', () => {
  test('is text on the way, and arrives as what it was', () => {
    const schema = object({ at: date, total: bigint, data: bytes });
    const message = { at, total: -123_456_789_012_345_678_901n, data: Uint8Array.of(0xfb, 0xff, 1) };
    expect(text(schema, message)).toEqual({
      at: '2026-01-02T03:04:05.678Z',
      total: '-123456789012345678901',
      data: '+/8B',
    });
    expect(through(schema, message)).toStrictEqual(message);
  });

  test('may be the whole message', () => {
    expect(through(date, at)).toStrictEqual(at);
    expect(through(bigint, 5n)).toBe(5n);
  });

  test.each([
    ['a list', { type: 'array', items: date }, [at, at]],
    ['a list of lists', { type: 'array', items: date }, [[at], []]],
    [
      'a field of any name',
      { type: 'object', additionalProperties: bytes },
      { a: Uint8Array.of(1), b: new Uint8Array() },
    ],
    ['what a reference names', { $ref: '#/$defs/A%20b', $defs: { 'A b': date } }, at],
    ['a single value where each of several may be one', object({ at: date }), { at: [at] }],
  ])('is found in %s', (_where, schema, message) => {
    expect(through(schema as JsonSchema, message)).toStrictEqual(message);
  });

  test('is found however deep a class refers to itself', () => {
    const schema = object({ at: date, next: { $ref: '#' }, others: { type: 'array', items: { $ref: '#' } } });
    let message: Record<string, unknown> = { at };
    for (let level = 0; level < 60; level++) message = { at, next: message };
    expect(through(schema, message)).toStrictEqual(message);
    expect(through(schema, { others: [{ at }, { next: { at } }] })).toStrictEqual({
      others: [{ at }, { next: { at } }],
    });
  });

  test('is found in the variant that the message says it is', () => {
    const variant = (name: string): JsonSchema => ({
      ...{ $ref: `#/$defs/${name}`, properties: { kind: { const: name } }, required: ['kind'] },
    });
    const schema = object(
      { item: { anyOf: [variant('Paid'), variant('Noted')] } },
      { $defs: { Paid: object({ value: bigint }), Noted: object({ value: { type: 'string' } }) } },
    );
    expect(read(schema, { item: { kind: 'Paid', value: '5' } })).toEqual({ item: { kind: 'Paid', value: 5n } });
    expect(read(schema, { item: { kind: 'Noted', value: '5' } })).toEqual({ item: { kind: 'Noted', value: '5' } });
    expect(read(schema, { item: { kind: 'Other', value: '5' } })).toEqual({ item: { kind: 'Other', value: '5' } });
    expect(read(schema, { item: { value: '5' } })).toEqual({ item: { value: '5' } });
  });

  test('in a map or a set arrives in an object or a list', () => {
    const schema = object({
      map: { type: 'object', additionalProperties: date },
      set: { type: 'array', items: bigint },
    });
    const message = { map: new Map([['a', at]]), set: new Set([1n]) };
    expect(through(schema, message)).toStrictEqual({ map: { a: at }, set: [1n] });
    expect([...message.map.values(), ...message.set]).toEqual([at, 1n]);
  });

  test('of an instance is written, and the instance left as it is', () => {
    class Order {
      at = at;
      lines = [{ price: 5n }];
    }
    const order = new Order();
    const schema = object({ at: date, lines: { type: 'array', items: object({ price: bigint }) } });
    expect(through(schema, order)).toStrictEqual({ at, lines: [{ price: 5n }] });
    expect(order).toStrictEqual(new Order());
  });

  test('of an object that says itself what its JSON is, is not looked for', () => {
    const codec = json.forSchema(object({ own: object({ at: bigint }) }));
    const message = { own: { at: 1n, toJSON: () => ({ at: 'x' }) } };
    expect(codec.decode(codec.encode(message))).toEqual({ own: { at: 'x' } });
    expect(codec.copy!(message)).toBeUndefined();
  });
});

describe('reads', () => {
  test.each([
    ['a day', '2026-01-02', new Date('2026-01-02')],
    ['an offset', '2026-01-02T03:04:05+02:00', new Date('2026-01-02T01:04:05Z')],
    ['a year far away', '+012026-01-02T03:04:05.678Z', new Date('+012026-01-02T03:04:05.678Z')],
  ])('%s as a date', (_what, sent, expected) => expect(read(date, sent)).toStrictEqual(expected));

  test.each([
    ['a safe integer', 9_007_199_254_740_991, 9_007_199_254_740_991n],
    ['a negative number', '-0012', -12n],
  ])('%s as a bigint', (_what, sent, expected) => expect(read(bigint, sent)).toBe(expected));

  test.each([
    ['base64url', '-_8B'],
    ['base64', '+/8B'],
  ])('%s as bytes', (_what, sent) => expect(read(bytes, sent)).toStrictEqual(Uint8Array.of(0xfb, 0xff, 1)));

  test('base64 without its padding', () => {
    for (const sent of ['AQ', 'AQ==']) expect(read(bytes, sent)).toStrictEqual(Uint8Array.of(1));
  });

  test('bytes that share memory with nothing', () => {
    const one = read(bytes, 'AQ==') as Uint8Array;
    expect(one.buffer.byteLength).toBe(1);
  });
});

describe('leaves alone what is wrong, for the rules to name', () => {
  test.each([
    ['text that is no date', date, 'yesterday'],
    ['a date that does not exist', date, '2026-13-01'],
    ['a date that only some engines read', date, 'Jan 1 2026'],
    ['a number for a date', date, 12],
    ['an object for a date', date, { a: 1 }],
    ['a fraction', bigint, 1.5],
    ['a number that has lost digits', bigint, 2 ** 53],
    ['text that is no number', bigint, '12a'],
    ['hexadecimal digits', bigint, '0x10'],
    ['no digits', bigint, ''],
    ['what is no base64', bytes, 'a*b='],
    ['a digit too many', bytes, 'AAAAA'],
    ['padding in the wrong place', bytes, 'AQ='],
    ['null', object({ at: date }), { at: null }],
  ])('%s', (_what, schema, value) => expect(read(schema as JsonSchema, value)).toStrictEqual(value));

  test('numbers of more digits than can be read in good time', () => {
    const digits = '9'.repeat(1_001);
    expect(read(bigint, digits)).toBe(digits);
    expect(() => json.forSchema(bigint).encode(BigInt(digits))).toThrow(/BigInt/);
    const most = BigInt('9'.repeat(1_000));
    expect(through(bigint, most)).toBe(most);
  });

  test('a date that is none, as JSON does', () => expect(text(date, new Date(NaN))).toBeNull());
});

describe('schemas and messages of strangers', () => {
  test('circles of references end', () => {
    const schema = {
      $ref: '#/$defs/A',
      $defs: { A: { $ref: '#/$defs/B' }, B: { $ref: '#/$defs/A', properties: { at: date } } },
    };
    expect(read(schema, { at: at.toISOString() })).toEqual({ at });
  });

  test.each([
    { $ref: '#/$defs/None' },
    { $ref: 'https://example.com/x' },
    { $ref: '#/$defs/%E0' },
    { $ref: 5 },
    { anyOf: [] },
  ])('%j leads nowhere', (schema) => expect(json.forSchema(schema as JsonSchema)).toBe(json));

  test('each value is looked at once, however the schema refers to itself', () => {
    // Each level doubles the work where a value is converted once for each reference that leads to it.
    const properties = { next: { $ref: '#/$defs/A' }, total: bigint };
    const schema = {
      $ref: '#/$defs/A',
      $defs: { A: { $ref: '#/$defs/B', properties }, B: { $ref: '#/$defs/A', properties } },
    };
    let message: unknown = { total: '1' };
    for (let level = 0; level < 62; level++) message = { next: message };
    expect(
      JSON.stringify(read(schema, message), (_key, each: unknown) => (typeof each === 'bigint' ? 'read' : each)),
    ).toContain('"total":"read"');
  });

  test('a circle is refused, and not followed', () => {
    const circle: Record<string, unknown> = { at };
    circle['left'] = circle['right'] = circle;
    const schema = object({ at: date, left: { $ref: '#' }, right: { $ref: '#' } });
    expect(() => json.forSchema(schema).encode(circle)).toThrow(
      expect.objectContaining({ code: 'SKERRY_CODEC_ENCODE_FAILED' }),
    );
  });

  test('a schema cannot reach a prototype', () => {
    const schema = JSON.parse(
      '{"type":"object","properties":{"__proto__":{"properties":{"a":{"x-skerry-type":"bigint"}}},"b":{"x-skerry-type":"bigint"},"toString":{"x-skerry-type":"date"}}}',
    ) as JsonSchema;
    expect(through(schema, { b: 1n })).toStrictEqual({ b: 1n });
    const rest = { type: 'object', additionalProperties: { additionalProperties: bigint } };
    expect(read(rest, JSON.parse('{"__proto__":{"a":"1"},"b":{"a":"1"}}'))).toEqual({ b: { a: 1n } });
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
