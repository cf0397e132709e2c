import 'reflect-metadata';
import { Transform, Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsDate,
  IsInt,
  IsNotEmptyObject,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  Min,
  ValidateBy,
  ValidateNested,
} from 'class-validator';
import { JsonCodec } from '../codec/json-codec.js';
import { ValidationError, type FieldError } from '../errors/validation-error.js';
import type { Constructor } from './decorations.js';
import { messageSchema } from './message-schema.js';

let made = 0;

class Line {
  @IsInt() @Min(1) count = 1;

  constructor() {
    made++;
  }
}

class Order {
  @IsString() name!: string;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Line) lines?: Line[];
  @IsOptional() @IsObject() free?: Record<string, unknown>;
}

class Open {
  name = 'initial';
  greet(): string {
    return `hello ${this.name}`;
  }
  get shout(): string {
    return this.name.toUpperCase();
  }
}

class Tree {
  @IsOptional() @ValidateNested() @Type(() => Tree) left?: Tree;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Tree) all?: Tree[];
}

function parse(type: Constructor, value: unknown): unknown {
  return messageSchema(type).parse(value, 'message');
}

function fields(type: Constructor, value: unknown): readonly FieldError[] {
  try {
    parse(type, value);
  } catch (error) {
    if (error instanceof ValidationError) return error.fields;
    throw error;
  }
  throw new Error('expected it to be refused');
}

/** As a codec gives it that is less careful than ours: with the keys as own fields. */
const raw = (text: string): unknown => JSON.parse(text);

const clean = (value: object): void => {
  expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  expect((value as Record<string, unknown>)['admin']).toBeUndefined();
};

describe('keys that reach for a prototype', () => {
  const trap = '"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"prototype":{"admin":true}';

  test('are fields like any others that a class does not have', () => {
    const order = parse(Order, raw(`{"name":"x",${trap},"lines":[{"count":2,${trap}}]}`)) as Order;
    clean(order);
    clean(order.lines![0]!);
    expect(Object.getPrototypeOf(order)).toBe(Order.prototype);
    expect(order.constructor).toBe(Order);
    expect(Object.keys(order.lines![0]!)).toEqual(['count']);
  });

  test('do not get into an instance of a class that takes any field', () => {
    const open = parse(Open, raw(`{"name":"x",${trap}}`)) as Open;
    clean(open);
    expect(Object.getPrototypeOf(open)).toBe(Open.prototype);
    expect(Object.keys(open)).toEqual(['name', 'prototype']);
  });

  test('stay what they are in free-form data, which is passed on as it is', () => {
    const order = parse(Order, raw(`{"name":"x","free":{${trap}}}`)) as Order;
    clean(order.free!);
    expect(Object.keys(order.free!)).toEqual(['__proto__', 'constructor', 'prototype']);
  });

  test('do not change which rules a value is judged by', () => {
    class Holder {
      @ValidateNested() @Type(() => Line) line!: Line;
    }
    expect(fields(Holder, raw('{"line":{"count":0,"constructor":{"name":"Open"},"__proto__":null}}'))).toEqual([
      { path: 'line.count', messages: ['count must not be less than 1'] },
    ]);
  });
});

test('a value cannot name the class that it is judged by', () => {
  class Holder {
    @ValidateNested()
    @Type(() => Object, { discriminator: { property: 'kind', subTypes: [{ name: 'line', value: Line }] } })
    line!: Line;
  }
  expect(fields(Holder, { line: { kind: 'blob', constructor: Open } })).toEqual([
    { path: 'line', messages: ['line must have a kind of line'] },
  ]);
});

describe('keys that are the names of methods', () => {
  const methods = '"toString":1,"valueOf":2,"toJSON":3,"then":4,"hasOwnProperty":5,"greet":6,"shout":7';

  test('do not hide the methods of a class that takes any field', () => {
    const open = parse(Open, raw(`{"name":"x",${methods}}`)) as Open;
    expect(open.greet()).toBe('hello x');
    expect(open.shout).toBe('X');
    expect(String(open)).toBe('[object Object]');
    expect(Object.hasOwn(open, 'hasOwnProperty')).toBe(false);
  });

  test('are not called where a class wants text, a number or a date', () => {
    class Bare {
      @IsString() @Type(() => String) text!: string;
      @IsInt() @Type(() => Number) number!: number;
      @IsDate() @Type(() => Date) date!: Date;
    }
    const evil = raw(`{${methods}}`);
    expect(fields(Bare, { text: evil, number: evil, date: evil }).map(({ path }) => path)).toEqual([
      'text',
      'number',
      'date',
    ]);
  });

  test('make a rule refuse that stumbles over them', () => {
    class Holder {
      @IsNotEmptyObject() map!: object;
      @ValidateBy({ name: 'trims', validator: { validate: (value) => (value as string).trim() !== '' } }) text!: string;
      @IsString() name!: string;
    }
    expect(fields(Holder, { map: raw('{"hasOwnProperty":1}'), text: 5 })).toEqual([
      { path: 'map', messages: ['map could not be checked'] },
      { path: 'text', messages: ['text could not be checked'] },
      { path: 'name', messages: ['name must be a string'] },
    ]);
  });

  test('run no getter, and make a setter refuse that stumbles over them', () => {
    class Accessors {
      private held = '';
      get fragile(): string {
        throw new Error('run too early');
      }
      set strict(value: string) {
        this.held = value.trim();
      }
      get strict(): string {
        return this.held;
      }
    }
    expect((parse(Accessors, { fragile: 1, strict: ' x ' }) as Accessors).strict).toBe('x');
    expect(fields(Accessors, { strict: 5 })).toEqual([{ path: 'strict', messages: ['strict could not be read'] }]);
  });

  test('do not confuse what is said of the fields that follow', () => {
    class Impossible {
      @ValidateNested() of!: unknown;
    }
    class Inner {
      @IsNotEmptyObject() map!: object;
      @Transform(() => new Impossible()) @ValidateNested() made!: unknown;
      @IsString() text!: string;
    }
    class Outer {
      @ValidateNested() @Type(() => Inner) inner!: Inner;
      @IsString() last!: string;
    }
    expect(fields(Outer, { inner: { map: raw('{"hasOwnProperty":1}'), made: 1 } })).toEqual([
      { path: 'inner.map', messages: ['map could not be checked'] },
      { path: 'inner.made', messages: ['made could not be checked'] },
      { path: 'inner.text', messages: ['text must be a string'] },
      { path: 'last', messages: ['last must be a string'] },
    ]);
  });

  test('make a nested value no promise', () => {
    expect(parse(Order, { name: 'x', lines: [{ count: 1, then: 1 }] })).toBeInstanceOf(Order);
    expect(parse(Order, { name: 'x', free: { then: 1 } })).toBeInstanceOf(Order);
  });
});

describe('a message of any size', () => {
  test('has no field looked at that its class does not have', () => {
    const asked = new Set<PropertyKey>();
    const value = new Proxy<Record<string, unknown>>(
      { name: 'x' },
      {
        ownKeys: () => {
          throw new Error('all keys were listed');
        },
        get: (target, key) => (asked.add(key), Reflect.get(target, key)),
      },
    );
    parse(Order, value);
    expect([...asked].filter((key) => typeof key === 'string')).toEqual(['name']);
  });

  test('with a million objects in a list is refused after a bounded number of them', () => {
    made = -1;
    const lines = new Array<unknown>(1_000_000).fill({ count: 1 });
    expect(fields(Order, { name: 'x', lines })).toEqual([
      { path: 'lines[99999]', messages: ['must not contain more than 100000 objects'] },
    ]);
    expect(made).toBeLessThanOrEqual(100_000);
  });

  test('with more elements than @ArrayMaxSize allows has none of them made or checked', () => {
    let checked = 0;
    const counted = ValidateBy({ name: 'counted', validator: { validate: () => ++checked > 0 } }, { each: true });
    class Bounded {
      @ArrayMaxSize(3) @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
      @ArrayMaxSize(3) @counted tags!: string[];
    }
    const many = new Array<unknown>(1_000_000).fill({});
    // One is made for the description of the class.
    made = -1;
    expect(fields(Bounded, { lines: many, tags: many })).toEqual([
      { path: 'lines', messages: ['lines must contain no more than 3 elements'] },
      { path: 'tags', messages: ['tags must contain no more than 3 elements'] },
    ]);
    expect(made).toBe(0);
    expect(checked).toBe(0);
  });

  test('is not searched for duplicates beyond 5,000 elements, unless the class says so', () => {
    class Unbounded {
      @ArrayUnique() tags!: string[];
    }
    class Bounded {
      @ArrayUnique() @ArrayMaxSize(6_000) tags!: string[];
    }
    const tags = Array.from({ length: 5_001 }, (_, i) => i);
    expect(fields(Unbounded, { tags })).toEqual([
      { path: 'tags', messages: ['tags must contain no more than 5000 elements'] },
    ]);
    expect(parse(Unbounded, { tags: tags.slice(1) })).toBeInstanceOf(Unbounded);
    expect(parse(Bounded, { tags })).toBeInstanceOf(Bounded);
  });

  test('with a million plain elements is checked element by element, and fails once', () => {
    class Tags {
      @IsArray() @IsString({ each: true }) tags!: string[];
    }
    const tags = new Array<unknown>(1_000_000).fill('x');
    expect(parse(Tags, { tags })).toBeInstanceOf(Tags);
    tags[999_999] = 1;
    expect(fields(Tags, { tags })).toEqual([{ path: 'tags', messages: ['each value in tags must be a string'] }]);
  });

  test('with everything wrong lists the first hundred fields, says so, and looks no further', () => {
    let checked = 0;
    class Wrong {
      @IsString() @ValidateBy({ name: 'counted', validator: { validate: () => ++checked === 0 } }) field!: string;
    }
    class Holder {
      @ValidateNested({ each: true }) @Type(() => Wrong) all!: Wrong[];
    }
    const found = fields(Holder, { all: new Array<unknown>(10_000).fill({ field: 1 }) });
    expect(found).toHaveLength(101);
    expect(found[99]).toMatchObject({ path: 'all[99].field' });
    expect(found[100]).toMatchObject({ path: '' });
    expect(checked).toBe(100);
  });

  test('is not quoted at length', () => {
    class Quoting {
      @MaxLength(3, { message: '$value is too long' }) text!: string;
    }
    const [{ messages }] = fields(Quoting, { text: 'x'.repeat(1_000_000) }) as [FieldError];
    expect(messages[0]!.length).toBeLessThan(1_000);
  });
});

describe('a message of any depth', () => {
  function nested(levels: number, wrap: (inner: unknown) => unknown): unknown {
    let value: unknown = {};
    for (let i = 0; i < levels; i++) value = wrap(value);
    return value;
  }

  test('is followed for as many levels as a codec lets through', () => {
    const deep = new JsonCodec().decode(Buffer.from(`${'{"left":'.repeat(63)}{}${'}'.repeat(63)}`));
    expect(parse(Tree, deep)).toBeInstanceOf(Tree);
  });

  test.each([
    ['objects', (left: unknown) => ({ left })],
    ['objects in lists', (inner: unknown) => ({ all: [inner] })],
    ['lists in lists', (inner: unknown) => (Array.isArray(inner) ? [inner] : { all: [[inner]] })],
  ])('is refused beyond that: %s', (_what, wrap) => {
    const [{ messages }] = fields(Tree, nested(50_000, wrap)) as [FieldError];
    expect(messages).toEqual(['must not be nested deeper than 64 levels']);
  });

  test('may hold lists in lists without end where a class expects one', () => {
    const value = { all: nested(50_000, (inner) => [inner]) };
    const [{ messages }] = fields(Tree, value) as [FieldError];
    expect(messages).toEqual(['must not be nested deeper than 64 levels']);
  });

  test('is not followed in free-form data', () => {
    const free = nested(50_000, (inner) => ({ inner })) as Record<string, unknown>;
    expect((parse(Order, { name: 'x', free }) as Order).free).toBe(free);
  });

  test('goes in circles without harm', () => {
    const circle: Record<string, unknown> = {};
    circle['left'] = circle;
    expect(fields(Tree, circle)[0]!.messages).toEqual(['must not be nested deeper than 64 levels']);
  });
});

describe('values that look like something else', () => {
  test('are not filled in as placeholders of a message', () => {
    class Quoting {
      @MaxLength(3, { message: '[$value] in $property' }) text!: string;
    }
    expect(fields(Quoting, { text: '$property $target $& $1' })).toEqual([
      { path: 'text', messages: ['[$property $target $& $1] in text'] },
    ]);
  });

  test('like bytes are passed on whole', () => {
    class File {
      @Allow() bytes!: Uint8Array;
    }
    const bytes = Uint8Array.from([1, 2, 3]);
    expect((parse(File, { bytes }) as File).bytes).toBe(bytes);
  });

  test('like an array that is none cannot pass for one', () => {
    const evil = raw('{"length":4000000000,"0":{"count":1},"__proto__":[]}');
    expect(fields(Order, { name: 'x', lines: evil })).toEqual([
      { path: 'lines', messages: ['lines must be an array'] },
    ]);
  });

  test('make a function given to @Transform or @Type refuse that stumbles over them', () => {
    class Fragile {
      @Transform(({ value }) => (value as string).trim()) @IsString() text!: string;
      @ValidateNested()
      @Type((help) => (help!.object['kind'] as { of: Constructor }).of as never)
      line!: Line;
    }
    expect(fields(Fragile, { text: 5, line: {}, kind: null })).toEqual([
      { path: 'text', messages: ['text could not be read', 'text must be a string'] },
      { path: 'line', messages: ['line could not be read', 'nested property line must be either object or array'] },
    ]);
  });
});
