import { Field, JsonCodec, messageSchema, type JsonSchema } from '@skerry/core';
import { Type } from 'class-transformer';
import { IsArray, IsDate, IsInt, IsNumber, IsOptional, IsString, ValidateNested } from 'class-validator';
import { schemaOf } from './fixtures/schema-of.js';
import { ProtobufCodec } from './protobuf-codec.js';

const codec = new ProtobufCodec();
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const failure = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return String((error as Error).message);
  }
  throw new Error('did not fail');
};

class Address {
  @Field(1) @IsString() city!: string;
}

class Person {
  @Field(1) @IsString() name!: string;
  @Field(2, { type: 'int32' }) @IsInt() age!: number;
  @Field(3) @IsNumber() height!: number;
  @Field(4, { type: 'sint64' }) id!: bigint;
  @Field(5) @IsDate() @Type(() => Date) born!: Date;
  @Field(6) @ValidateNested() @Type(() => Address) home!: Address;
  @Field(7) @IsArray() @IsString({ each: true }) tags!: string[];
  @Field(8, { type: 'uint32' }) @IsArray() @IsInt({ each: true }) scores!: number[];
  @Field(9) @IsOptional() @IsString() note?: string;
  @Field(10) @IsOptional() photo?: Uint8Array;
  @Field(300) @IsOptional() @Type(() => Number) rates?: Map<string, number>;
}

const person = codec.forSchema(schemaOf(Person));

test('writes what the specification says, byte by byte', () => {
  const bytes = person.encode({ name: 'Ada', age: 150, home: { city: 'ö' }, tags: ['a', ''], scores: [3, 270, 86942] });
  expect(hex(bytes)).toBe('0a03416461' + '109601' + '3204' + '0a02c3b6' + '3a0161' + '3a00' + '4206' + '038e029ea705');
});

test('gives back what it was given, of every type', () => {
  const message = {
    name: 'Ada',
    age: -1,
    height: 1.7,
    home: { city: 'Zürich 🏔' },
    tags: ['x', ''],
    scores: [0, 4294967295],
    note: '',
    rates: { euro: 1, yen: 0 },
  };
  expect(person.decode(person.encode(message))).toEqual(message);
});

test('presence is explicit: undefined and null are absent, zeros are not', () => {
  expect(person.encode({ name: undefined, note: null, tags: [] })).toHaveLength(0);
  expect(person.decode(person.encode({ name: '', age: 0 }))).toEqual({ name: '', age: 0, tags: [], scores: [] });
});

describe('a list within a list, or a map', () => {
  class Grid {
    @Field(1) @IsArray() @IsArray({ each: true }) @Type(() => Date) dates!: Date[][];
    @Field(2, { type: 'sint64' }) @IsArray() @IsArray({ each: true }) @Type(() => BigInt) totals!: bigint[][];
    @Field(3) @IsArray() @IsArray({ each: true }) @Type(() => Uint8Array) blobs!: Uint8Array[][];
    @Field(4, { type: 'uint32' }) @IsArray() @IsArray({ each: true }) counts!: number[][];
    @Field(5) @IsOptional() @IsArray() @IsArray({ each: true }) @Type(() => Address) rows?: Address[][];
    @Field(6) @IsOptional() @IsArray({ each: true }) @Type(() => Date) byName?: Map<string, Date[]>;
    @Field(7) @IsOptional() @IsArray() @IsArray({ each: true }) anything?: unknown[][];
  }
  const grid = codec.forSchema(schemaOf(Grid));
  const message = {
    dates: [[new Date(5), new Date(-1)], []],
    totals: [[1n, -(2n ** 63n)]],
    blobs: [[], [Uint8Array.of(0, 255), new Uint8Array()]],
    counts: [[0, 4294967295], [7]],
    rows: [[{ city: 'Oslo' }, { city: '' }]],
    byName: { north: [new Date(0)], south: [] },
    anything: [[1, 'a', null], [[true]]],
  };

  test('gives back what it was given, by the type of what is in it', () => {
    expect(grid.decode(grid.encode(message))).toEqual(message);
    expect(grid.decode(grid.encode({ dates: [] }))).toEqual({ dates: [], totals: [], blobs: [], counts: [] });
  });

  test('passes the checks of its class as it was decoded, and as JSON has it', () => {
    const { parse } = messageSchema(Grid);
    const { dates, totals } = parse(grid.decode(grid.encode(message)), 'the grid') as Grid;
    expect({ dates, totals }).toEqual({ dates: message.dates, totals: message.totals });
    const json = new JsonCodec().forSchema(schemaOf(Grid));
    const { byName, ...rest } = parse(json.decode(json.encode(message)), 'the grid') as Grid;
    expect({ ...rest, byName: Object.fromEntries(byName!) }).toMatchObject(message);
  });

  test('is a message that holds it, byte by byte', () => {
    expect(hex(grid.encode({ dates: [[new Date(1_000), new Date(0)], []] }))).toBe(
      '0a06' + '0a020801' + '0a00' + '0a00',
    );
    expect(hex(grid.encode({ counts: [[3, 270]] }))).toBe('2205' + '0a03038e02');
    expect(hex(grid.encode({ byName: { a: [new Date(0)] } }))).toBe('3207' + '0a0161' + '12020a00');
  });

  test('that comes in parts is put together', () => {
    const parts = Buffer.from('320b' + '0a0161' + '12020a00' + '12020a00', 'hex');
    expect(grid.decode(parts)).toMatchObject({ byName: { a: [new Date(0), new Date(0)] } });
  });

  test.each([
    ['what is no list', { dates: [new Date(0)] }, /Grid\.dates is .*no list/],
    ['what is no date', { dates: [[true]] }, /Grid\.dates is a boolean, and no Date/],
    ['null', { totals: [[1n], null] }, /Grid\.totals has null at 1/],
    ['null within', { rows: [[null]] }, /Grid\.rows has null at 0/],
  ])('cannot hold %s', (_, given, complaint) => {
    expect(failure(() => grid.encode(given))).toMatch(complaint);
  });

  test('of itself, as a stranger may describe one, is a Value', () => {
    const property = { $ref: '#/$defs/List', 'x-skerry-field': 1 };
    const List = { type: 'array', items: { $ref: '#/$defs/List' } };
    const endless = codec.forSchema({
      title: 'Endless',
      type: 'object',
      properties: { list: property },
      $defs: { List },
    });
    expect(endless.decode(endless.encode({ list: [[[]], []] }))).toEqual({ list: [[[]], []] });
  });
});

test('a message without numbers is a Value, on both sides', () => {
  class Plain {
    @IsString() name!: string;
  }
  const plain = codec.forSchema(schemaOf(Plain));
  expect(plain).toBe(codec);
  const message = { name: 'Ada', nested: [null, true, { deep: -1.5 }], when: new Date(0) };
  expect(codec.decode(plain.encode(message))).toEqual({ ...message, when: '1970-01-01T00:00:00.000Z' });
  expect(codec.decode(codec.encode(undefined))).toBeNull();
});

test('a message without numbers gets its dates, bigints and bytes back, as far as its schema says so', () => {
  class Event {
    @IsDate() @Type(() => Date) at!: Date;
    @IsOptional() count?: bigint;
    @IsOptional() body?: Uint8Array;
  }
  const event = codec.forSchema(schemaOf(Event));
  const message = { at: new Date(5), count: 2n ** 70n, body: new Uint8Array([1, 2]) };
  expect(event.decode(event.encode(message))).toEqual(message);
});

describe('a union', () => {
  class Cat {
    @Field(1) @IsString() name!: string;
  }
  class Dog {
    @Field(1) @IsString() kind!: string;
    @Field(2, { type: 'int32' }) @IsInt() age!: number;
  }
  const subTypes = [
    { name: 'cat', value: Cat },
    { name: 'dog', value: Dog },
  ];
  class Home {
    @Field(1)
    @ValidateNested()
    @Type(() => Object, { discriminator: { property: 'kind', subTypes } })
    pet!: Cat | Dog;
    @Field(2)
    @IsArray()
    @ValidateNested({ each: true })
    @Type(() => Object, { discriminator: { property: 'kind', subTypes } })
    others!: (Cat | Dog)[];
  }
  const home = codec.forSchema(schemaOf(Home));
  const cat = { kind: 'cat', name: 'Tom' };
  const dog = { kind: 'dog', age: 3 };

  test('is told apart by its number, also in lists', () => {
    const bytes = home.encode({ pet: cat, others: [dog, cat] });
    expect(hex(bytes)).toBe('0a070a050a03546f6d' + '12041202' + '1003' + '12070a050a03546f6d');
    expect(home.decode(bytes)).toEqual({ pet: cat, others: [dog, cat] });
  });

  test('refuses a message that is none of it, and skips one that only newer peers know', () => {
    expect(failure(() => home.encode({ pet: { name: 'Tom' } }))).toMatch(/Home\.pet has no kind.*cat, dog/);
    expect(home.decode(Buffer.from('0a041a020801', 'hex'))).toEqual({ pet: undefined, others: [] });
  });
});

test.each([
  ['a number too large', { age: 2 ** 31 }, /Person\.age is 2147483648, and no int32/],
  ['a fraction', { age: 1.5 }, /Person\.age is 1\.5/],
  ['a list for a text', { name: [] }, /Person\.name is a list, and no string/],
  ['half a surrogate pair', { name: '\ud800' }, /half a surrogate/],
  ['half a surrogate pair in a long text', { name: '\ud800'.padEnd(100) }, /half a surrogate/],
  ['null in a list', { tags: [null] }, /Person\.tags has null at 0/],
  ['a text that is no object', 'text', /Person is a string, and no object/],
  ['a text as a nested message', { home: 'text' }, /Person\.home is a string/],
])('refuses to encode %s', (_what, message, expected) => {
  expect(failure(() => person.encode(message))).toMatch(expected);
});

test.each([
  ['a text that ends early', '0a05416461', /middle of a field/],
  ['a text longer than the memory', '0affffffff0f', /middle of a field/],
  ['a varint that ends early', '1096', /middle of a field/],
  ['a varint of eleven bytes', '10' + 'ff'.repeat(10) + '01', /more than 64 bits/],
  ['a varint of 65 bits', '10' + 'ff'.repeat(9) + '02', /more than 64 bits/],
  ['a wrong wire type', '0801', /Person\.name has the wire type 0/],
  ['a group', '5b5c', /wire type 3/],
  ['the end of a group', '5c', /wire type 4/],
  ['a wire type that does not exist', '5e', /wire type 6/],
  ['field number 0', '0001', /number 0/],
  ['bytes that are no UTF-8', '0a02c328', /UTF-8/],
  ['a surrogate in UTF-8', '0a03eda080', /UTF-8/],
])('refuses to decode %s', (_what, bytes, expected) => {
  expect(failure(() => person.decode(Buffer.from(bytes, 'hex')))).toMatch(expected);
});

test('skips unknown fields of all wire types', () => {
  const unknown = '5801' + '590102030405060708' + '5a0161' + '5d01020304';
  expect(person.decode(Buffer.from(unknown + '0a0141', 'hex'))).toMatchObject({ name: 'A' });
});

test('a nested message that comes in parts is put together, and of two texts the last counts', () => {
  const schema: JsonSchema = {
    ...{ title: 'Outer', type: 'object' },
    properties: { inner: { $ref: '#/$defs/Inner', 'x-skerry-field': 1 } },
    $defs: {
      Inner: {
        ...{ title: 'Inner', type: 'object' },
        properties: { a: { type: 'string', 'x-skerry-field': 1 }, b: { type: 'string', 'x-skerry-field': 2 } },
      },
    },
  };
  const bytes = Buffer.from('0a060a01311201320a030a0133', 'hex');
  expect(codec.forSchema(schema).decode(bytes)).toEqual({ inner: { a: '3', b: '2' } });
});

test('keys that would be traps are dropped', () => {
  const value = codec.decode(codec.encode(JSON.parse('{"__proto__":{"admin":true},"constructor":1,"a":1}')));
  expect(Object.getOwnPropertyNames(value)).toEqual(['a']);
  const rates = person.decode(person.encode({ rates: new Map([['__proto__', 1]]) })) as { rates: object };
  expect(Object.getOwnPropertyNames(rates.rates)).toEqual([]);
  expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
});

test('64 levels are written and read, 65 are not', () => {
  const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);
  expect(codec.decode(codec.encode(nested(64)))).toEqual(nested(64));
  expect(failure(() => codec.encode(nested(65)))).toMatch('deeper than 64');
  const circle: unknown[] = [];
  circle.push(circle);
  expect(failure(() => codec.encode(circle))).toMatch('deeper than 64');
  let bytes = Buffer.alloc(0);
  for (let level = 0; level < 65; level++) {
    const list = Buffer.concat([varint(bytes.length), bytes]);
    const value = Buffer.concat([
      Buffer.of(50),
      level === 0 ? Buffer.of(0) : wrapped(list.subarray(varint(bytes.length).length)),
    ]);
    bytes = value;
  }
  expect(failure(() => codec.decode(bytes))).toMatch('deeper than 64');
});

function varint(value: number): Buffer {
  return value < 0x80 ? Buffer.of(value) : Buffer.concat([Buffer.of((value & 0x7f) | 0x80), varint(value >> 7)]);
}

/** A list with one value, with its length. */
function wrapped(value: Buffer): Buffer {
  const entry = Buffer.concat([Buffer.of(10), varint(value.length), value]);
  return Buffer.concat([varint(entry.length), entry]);
}
