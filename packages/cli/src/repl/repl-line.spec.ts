import fc from 'fast-check';
import { UsageError } from '../usage-error.js';
import { LastResult } from './last-result.js';
import { parseLine, readMessage as read } from './repl-line.js';

function readMessage(text: string, schema: Parameters<typeof read>[1], last = new LastResult()): unknown {
  return read(text, schema, last);
}

test.each([
  ['', { kind: 'nothing' }],
  ['  # a remark', { kind: 'nothing' }],
  [' .describe  greeter ', { kind: 'command', name: '.describe', argument: 'greeter' }],
  ['greeter.hello', { kind: 'call', target: 'greeter.hello', text: '' }],
  ['greeter.hello {"name": "Ada"} ', { kind: 'call', target: 'greeter.hello', text: '{"name": "Ada"}' }],
  ['_', { kind: 'last', written: '_' }],
  ['_.orders[0].id', { kind: 'last', written: '_.orders[0].id' }],
  ['_.orders id=1', { kind: 'call', target: '_.orders', text: 'id=1' }],
])('%j', (line, expected) => {
  expect(parseLine(line)).toEqual(expected);
});

const schema = {
  type: 'object',
  properties: { id: { type: 'string' }, count: { type: 'integer' }, address: { $ref: '#/$defs/Address' } },
  $defs: { Address: { type: 'object', properties: { zip: { type: 'string' } } } },
};

test.each([
  ['', undefined],
  ['{"name":"Ada"}', { name: 'Ada' }],
  ['3', 3],
  ['name=Ada', { name: 'Ada' }],
  ['id=42 count=42 other=42', { id: '42', count: 42, other: 42 }],
  ['address.zip=01234 address.city=London', { address: { zip: '01234', city: 'London' } }],
  [`name='Ada Lovelace' note="a \\"b\\" c"`, { name: 'Ada Lovelace', note: 'a "b" c' }],
  ['tags=["a", "b"] where={"x": [1, 2]} last=true', { tags: ['a', 'b'], where: { x: [1, 2] }, last: true }],
  ['empty= next=1', { empty: '', next: 1 }],
])('the message %j', (text, expected) => {
  expect(readMessage(text, schema)).toEqual(expected);
});

const order = { id: 'A1', pieces: 3n, lines: [{ code: 'x' }, { code: 'y' }] };

test.each([
  ['_', order],
  ['_.lines[1].code', 'y'],
  ['id=_.id count=_.pieces', { id: 'A1', count: 3n }],
  ['address.zip=_.id', { address: { zip: 'A1' } }],
  ['{"order":_, "also": [_.id,_.lines[0]]}', { order, also: ['A1', order.lines[0]] }],
  ['lines=[_.lines[0], _.lines[1]]', { lines: order.lines }],
  [`a='_' b="_.id" c=_id d=x_`, { a: '_', b: '_.id', c: '_id', d: 'x_' }],
  ['{"a":"_","_.id":"say \\"_\\""}', { a: '_', '_.id': 'say "_"' }],
])('_ is the last result in the message %j', (text, expected) => {
  const last = new LastResult();
  last.keep(order);
  expect(readMessage(text, schema, last)).toEqual(expected);
});

test.each([
  ['_.ids', 'The last result has no _.ids.', 'did you mean id'],
  ['id=_.lines[2]', 'The last result has no _.lines[2].', '_.lines has 2 items'],
  ['{"id":_.id.length}', 'The last result has no _.id.length.', '_.id has no fields'],
  ['_.constructor', 'The last result has no _.constructor.', '_ has id, pieces, lines'],
])('%j is refused: there is no such part', (text, message, fix) => {
  const last = new LastResult();
  last.keep(order);
  expect(() => readMessage(text, schema, last)).toThrow(
    expect.objectContaining({ message, fix: expect.stringContaining(fix) }),
  );
});

test('_ is nothing before anything was answered', () => {
  expect(() => readMessage('id=_', schema)).toThrow('_ is the last result, and there is none yet.');
});

test('a field is one, however it is called', () => {
  const message = readMessage('__proto__.polluted=1 constructor=2', undefined) as object;
  expect(Object.entries(message)).toEqual([
    ['__proto__', { polluted: 1 }],
    ['constructor', 2],
  ]);
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

test.each([
  ['{name:1}', 'the message is not JSON'],
  ['name=Ada polite', "'polite' is no field of a message"],
  ['name="Ada', 'does not end'],
  ['tags=["a"', 'does not end'],
])('%j is refused with how it is written', (text, told) => {
  expect(() => readMessage(text, schema)).toThrow(
    expect.objectContaining({ message: expect.stringContaining(told), fix: expect.any(String) }),
  );
});

test('whatever a field holds, written as JSON it comes back', () => {
  const name = fc.stringMatching(/^[a-z][a-zA-Z0-9]{0,5}$/);
  const value = fc.oneof(
    fc.array(fc.jsonValue()),
    fc.dictionary(fc.string(), fc.jsonValue()),
    fc.string(),
    fc.integer(),
    fc.boolean(),
  );
  fc.assert(
    fc.property(fc.dictionary(name, value, { minKeys: 1 }), (message) => {
      const text = Object.entries(message)
        .map(([key, each]) => `${key}=${JSON.stringify(each)}`)
        .join('  ');
      // JSON knows no -0.
      expect(readMessage(text, undefined)).toEqual(JSON.parse(JSON.stringify(message)));
    }),
  );
});

test('whatever is written, what is wrong is a usage error', () => {
  fc.assert(
    fc.property(fc.string(), (line) => {
      const read = parseLine(line);
      if (read.kind !== 'call') return;
      try {
        readMessage(read.text, schema);
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError);
      }
    }),
  );
});
