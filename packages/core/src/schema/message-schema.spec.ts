import 'reflect-metadata';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  IsArray,
  IsDate,
  IsDefined,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Length,
  Min,
  Validate,
  ValidateBy,
  ValidateIf,
  ValidateNested,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { SkerryError } from '../errors/skerry-error.js';
import { ValidationError } from '../errors/validation-error.js';
import type { Constructor } from './decorations.js';
import { messageSchema } from './message-schema.js';

class Address {
  @IsString() street!: string;
  @IsOptional() @IsString({ each: true }) lines?: string[];
}

class Line {
  @IsString() @Length(1, 20) sku!: string;
  @IsInt() @Min(1) count = 1;
}

class Order {
  @IsString() name!: string;
  @ValidateNested() @IsDefined() @Type(() => Address) address!: Address;
  @IsArray() @ArrayMaxSize(3) @ValidateNested({ each: true }) @Type(() => Line) lines: Line[] = [];
}

function parse(type: unknown, value: unknown): unknown {
  return messageSchema(type as Constructor).parse(value, 'request of a.b');
}

function refusal(type: unknown, value: unknown): ValidationError {
  try {
    parse(type, value);
  } catch (error) {
    if (error instanceof ValidationError) return error;
    throw error;
  }
  throw new Error('expected it to be refused');
}

const fields = (type: unknown, value: unknown) =>
  Object.fromEntries(refusal(type, value).fields.map(({ path, messages }) => [path, messages]));

const good = { name: 'Ada', address: { street: 'Main St' }, lines: [{ sku: 'a1' }, { sku: 'b2', count: 5 }] };

describe('a message that is right', () => {
  test('becomes an instance of its class, all the way down', () => {
    const order = parse(Order, good) as Order;
    expect(order).toBeInstanceOf(Order);
    expect(order.address).toBeInstanceOf(Address);
    expect(order.lines).toEqual([
      { sku: 'a1', count: 1 },
      { sku: 'b2', count: 5 },
    ]);
    expect(order.lines.every((line) => line instanceof Line)).toBe(true);
  });

  test('may be an instance already', () => {
    const order = Object.assign(new Order(), good, { address: Object.assign(new Address(), good.address) });
    expect(parse(Order, order)).toStrictEqual(parse(Order, good));
    expect(parse(Order, order)).not.toBe(order);
  });

  test('loses the fields that the class does not have, at every level', () => {
    const order = parse(Order, {
      ...good,
      vip: true,
      address: { street: 'x', zip: '1' },
      lines: [{ sku: 'a', price: 3 }],
    });
    expect(order).toEqual({ name: 'Ada', address: { street: 'x' }, lines: [{ sku: 'a', count: 1 }] });
    expect(order).not.toHaveProperty('vip');
    expect(order).not.toHaveProperty('address.zip');
    expect(order).not.toHaveProperty('lines[0].price');
  });

  test('keeps initial values where it says nothing, or undefined', () => {
    class Page {
      @IsInt() page = 1;
      @IsOptional() @IsInt() size? = 20;
      // Without a rule: messages do not set it, and it is not taken away.
      kind = 'page';
    }
    expect(parse(Page, {})).toEqual({ page: 1, size: 20, kind: 'page' });
    expect(parse(Page, { page: undefined, size: 5, kind: 'hacked' })).toEqual({ page: 1, size: 5, kind: 'page' });
    expect(parse(Page, { size: null })).toEqual({ page: 1, size: null, kind: 'page' });
  });

  test('is not converted unless @Type says so', () => {
    class Query {
      @IsInt() a!: number;
      @IsInt() @Type(() => Number) b!: number;
      @IsDate() @Type(() => Date) at!: Date;
      @IsInt({ each: true }) @Type(() => Number) many!: number[];
    }
    const query = parse(Query, { a: 1, b: '2', at: '2024-05-01T00:00:00Z', many: ['3', 4] });
    expect(query).toEqual({ a: 1, b: 2, at: new Date('2024-05-01T00:00:00Z'), many: [3, 4] });
    expect(Object.keys(fields(Query, { a: '1', b: 'x', at: 'never', many: [{}] }))).toEqual(['a', 'b', 'at', 'many']);
  });
});

describe('a message that is wrong', () => {
  test('is refused with every wrong field and how to get there, in the order of the class', () => {
    const wrong = { name: 7, address: { lines: ['x', 1] }, lines: [{ sku: '' }, 5, { sku: 'b', count: 0 }] };
    const error = refusal(Order, wrong);
    expect(error).toMatchObject({ code: 'SKERRY_VALIDATION_FAILED', status: 'INVALID_ARGUMENT' });
    expect(error.message).toContain('request of a.b is not valid');
    expect(error.fields).toEqual([
      { path: 'name', messages: ['name must be a string'] },
      { path: 'address.street', messages: ['street must be a string'] },
      { path: 'address.lines', messages: ['each value in lines must be a string'] },
      { path: 'lines[0].sku', messages: ['sku must be longer than or equal to 1 characters'] },
      { path: 'lines[1]', messages: ['each value in nested property lines must be either object or array'] },
      { path: 'lines[2].count', messages: ['count must not be less than 1'] },
    ]);
  });

  test.each([
    [null, 'null'],
    [undefined, 'undefined'],
    ['text', 'a string'],
    [5, 'a number'],
    [true, 'a boolean'],
    [[good], 'an array'],
    [new Map(), 'a Map'],
    [Buffer.from('x'), 'a Uint8Array'],
  ])('%p is no message', (value, kind) => {
    expect(fields(Order, value)).toEqual({ '': [`must be an object, not ${kind}`] });
  });

  test('does not show its values', () => {
    const error = refusal(Order, { name: 42_424_242, address: 'hunter2' });
    expect(JSON.stringify(error)).not.toMatch(/42424242|hunter2/);
  });

  test('is refused for one object where there should be a list, or a list where there should be one', () => {
    expect(fields(Order, { ...good, address: [good.address], lines: { sku: 'a' } })).toEqual({
      address: ['address must be an object'],
      lines: ['lines must be an array'],
    });
  });

  test('is refused for a single value where a list is declared, even when it satisfies the rule of each', () => {
    class Tags {
      @IsString({ each: true }) tags!: string[];
    }
    expect(fields(Tags, { tags: 'abc' })).toEqual({ tags: ['tags must be an array'] });
  });

  test('of a class without any rule is not refused', () => {
    class Free {
      name!: string;
      size = 3;
    }
    expect(parse(Free, { name: 5, more: [1] })).toEqual({ name: 5, size: 3, more: [1] });
    expect(parse(Free, { name: 5 })).toBeInstanceOf(Free);
    expect(fields(Free, [])).toEqual({ '': ['must be an object, not an array'] });
  });

  test('may hold an object of a class without any rule', () => {
    class Free {
      anything?: unknown;
    }
    class Holder {
      @ValidateNested() @Type(() => Free) free!: Free;
    }
    expect(parse(Holder, { free: { anything: 1, more: 2 } })).toEqual({ free: { anything: 1, more: 2 } });
    expect((parse(Holder, { free: {} }) as Holder).free).toBeInstanceOf(Free);
  });
});

describe('rules', () => {
  test('are inherited', () => {
    class Base {
      @IsString() id!: string;
    }
    class Derived extends Base {
      @IsInt() size!: number;
    }
    expect(parse(Derived, { id: 'a', size: 1 })).toBeInstanceOf(Derived);
    expect(Object.keys(fields(Derived, {})).sort()).toEqual(['id', 'size']);
  });

  test('are skipped where @ValidateIf, validateIf or @IsOptional says so', () => {
    class Payment {
      @IsString() kind!: string;
      @ValidateIf((payment: Payment) => payment.kind === 'card') @IsString() card?: string;
      @IsInt({ validateIf: (payment: Payment) => payment.kind === 'cash' }) cents?: number;
      @IsOptional() @IsString() note?: string;
    }
    expect(parse(Payment, { kind: 'free' })).toMatchObject({ kind: 'free' });
    expect(Object.keys(fields(Payment, { kind: 'card', note: 1 }))).toEqual(['card', 'note']);
    expect(Object.keys(fields(Payment, { kind: 'cash', note: null }))).toEqual(['cents']);
  });

  test('let a field through that @Allow names', () => {
    class Bag {
      @IsString() id!: string;
      @Allow() extra?: unknown;
    }
    expect(parse(Bag, { id: 'a', extra: [1], other: 2 })).toEqual({ id: 'a', extra: [1] });
  });

  test('fill in their messages', () => {
    class Limits {
      @Min(5, { message: '$property of $target is $value, below $constraint1 ($constraint9)' }) a!: number;
      @ValidateBy({ name: 'silent', validator: { validate: () => false } }) b!: string;
      @Min(1, { message: ({ value }) => `not ${value}` }) c!: number;
    }
    expect(fields(Limits, { a: 3, b: 'x', c: 0 })).toEqual({
      a: ['a of Limits is 3, below 5 ($constraint9)'],
      b: ['b does not satisfy silent'],
      c: ['not 0'],
    });
  });

  test('look into maps and sets', () => {
    class Prices {
      @IsNumber({}, { each: true }) @Type(() => Number) of!: Map<string, number>;
      @IsString({ each: true }) @Type(() => String) tags!: Set<string>;
      @ValidateNested() @Type(() => Line) lines!: Map<string, Line>;
    }
    const parsed = parse(Prices, { of: { eur: '1.5' }, tags: ['a', 'a'], lines: { x: { sku: 's' } } }) as Prices;
    expect(parsed.of).toEqual(new Map([['eur', 1.5]]));
    expect(parsed.tags).toEqual(new Set(['a']));
    expect(parsed.lines.get('x')).toBeInstanceOf(Line);
    expect(fields(Prices, { of: { eur: 'x' }, tags: [{}], lines: { x: { sku: 1 }, y: 2 } })).toEqual({
      of: ['each value in of must be a number conforming to the specified constraints'],
      tags: ['each value in tags must be a string'],
      'lines.x.sku': expect.arrayContaining(['sku must be a string']) as unknown,
      'lines.y': ['nested property lines must be either object or array'],
    });
  });
});

describe('@Expose, @Exclude and @Transform', () => {
  class Account {
    @Expose({ name: 'e_mail' }) @IsString() email!: string;
    @Exclude({ toClassOnly: true }) @IsOptional() @IsString() role = 'user';
    @Transform(({ value, obj }) => `${(obj as { prefix: string }).prefix}${(value as string).trim()}`)
    @IsString()
    @Length(2, 10)
    code!: string;
    @Transform(() => 'never', { toPlainOnly: true }) @IsString() plain!: string;
  }

  test('decide what is read, from where, and what becomes of it', () => {
    const value = { e_mail: 'a@b', email: 'other', role: 'admin', code: ' x ', plain: 'p', prefix: '#' };
    expect(parse(Account, value)).toEqual({ email: 'a@b', role: 'user', code: '#x', plain: 'p' });
  });

  test('a function that throws has refused', () => {
    const error = refusal(Account, { e_mail: 'a', code: 5, plain: 'p' });
    expect(error.fields).toEqual([
      {
        path: 'code',
        messages: [
          'code could not be read',
          'code must be longer than or equal to 2 and shorter than or equal to 10 characters',
          'code must be a string',
        ],
      },
    ]);
    expect(error.cause).toBeInstanceOf(TypeError);
  });

  test('a class that excludes all takes what it exposes', () => {
    @Exclude()
    class Closed {
      @Expose() @IsOptional() @IsString() open?: string;
      @IsOptional() @IsString() shut?: string;
    }
    @Exclude()
    class ClosedFree {
      @Expose() open?: string;
    }
    expect(parse(Closed, { open: 'a', shut: 'b' })).toEqual({ open: 'a' });
    expect(parse(ClosedFree, { open: 'a', shut: 'b' })).toEqual({ open: 'a' });
  });
});

describe('classes that messages choose from', () => {
  abstract class Shape {
    @IsString() kind!: string;
  }
  class Circle extends Shape {
    @IsInt() radius!: number;
  }
  class Square extends Shape {
    @IsInt() side!: number;
  }
  class Drawing {
    @IsArray()
    @ValidateNested({ each: true })
    @Type(() => Shape as never, {
      keepDiscriminatorProperty: true,
      discriminator: {
        property: 'kind',
        subTypes: [
          { name: 'circle', value: Circle },
          { name: 'square', value: Square },
        ],
      },
    })
    shapes!: Shape[];
  }
  class Either {
    @IsString() which!: string;
    @ValidateNested() @Type((help) => (help?.object['which'] === 'line' ? Line : Address)) one!: Line | Address;
  }

  test('are chosen by the discriminator', () => {
    const { shapes } = parse(Drawing, {
      shapes: [
        { kind: 'circle', radius: 1 },
        { kind: 'square', side: 2 },
      ],
    }) as Drawing;
    expect(shapes.map((shape) => shape.constructor)).toEqual([Circle, Square]);
    expect(fields(Drawing, { shapes: [{ kind: 'circle', side: 2 }] })).toEqual({
      'shapes[0].radius': ['radius must be an integer number'],
    });
  });

  test('do not exist when the discriminator names none', () => {
    const wrong = { shapes: [{ kind: 'blob' }, {}, { kind: 'constructor' }, null] };
    expect(fields(Drawing, wrong)).toEqual({
      'shapes[0]': ['shapes must have a kind of circle, square'],
      'shapes[1]': ['shapes must have a kind of circle, square'],
      'shapes[2]': ['shapes must have a kind of circle, square'],
      'shapes[3]': ['each value in nested property shapes must be either object or array'],
    });
  });

  test('are chosen by a function of the message', () => {
    expect((parse(Either, { which: 'line', one: { sku: 'a' } }) as Either).one).toBeInstanceOf(Line);
    expect((parse(Either, { which: 'x', one: { street: 'a' } }) as Either).one).toBeInstanceOf(Address);
    expect(fields(Either, { which: 'line', one: { street: 'a' } })).toHaveProperty(['one.sku']);
  });
});

describe('rules that take time', () => {
  const asked: unknown[] = [];

  @ValidatorConstraint({ name: 'isFree', async: true })
  class IsFree implements ValidatorConstraintInterface {
    async validate(value: unknown): Promise<boolean> {
      asked.push(value);
      await Promise.resolve();
      if (value === 'broken') throw new Error('the database is down');
      return value !== 'taken';
    }

    defaultMessage(): string {
      return '$property is taken';
    }
  }

  class Login {
    @Validate(IsFree) name!: string;
    @IsInt() age!: number;
  }
  class Team {
    @ValidateNested({ each: true }) @Type(() => Login) members!: Login[];
    @Validate(IsFree, { each: true }) aliases: string[] = [];
  }
  class Forgetful {
    @ValidateBy({ name: 'forgot', validator: { validate: (value) => Promise.resolve(value === 'ok') as never } })
    name!: string;
  }

  test('make parse a promise, of the instance', async () => {
    const parsed = parse(Login, { name: 'ada', age: 1 });
    expect(parsed).toBeInstanceOf(Promise);
    expect(await parsed).toBeInstanceOf(Login);
  });

  test('are reported with all others, in the order of the class', async () => {
    const parsed = parse(Team, {
      members: [
        { name: 'taken', age: 'x' },
        { name: 'free', age: 1 },
        { name: 'taken', age: 2 },
      ],
      aliases: ['free', 'taken'],
    });
    await expect(parsed).rejects.toMatchObject({
      fields: [
        { path: 'members[0].name', messages: ['name is taken'] },
        { path: 'members[0].age', messages: ['age must be an integer number'] },
        { path: 'members[2].name', messages: ['name is taken'] },
        { path: 'aliases', messages: ['aliases is taken'] },
      ],
    });
  });

  test('are asked once for each value', async () => {
    asked.length = 0;
    await expect(parse(Login, { name: 'taken', age: 1 })).rejects.toBeInstanceOf(ValidationError);
    expect(asked).toEqual(['taken']);
  });

  test('fail the message with their own error when they cannot answer', async () => {
    await expect(parse(Login, { name: 'broken', age: 1 })).rejects.toThrow('the database is down');
  });

  test('are waited for even when they forgot to say that they are asynchronous', async () => {
    expect(await parse(Forgetful, { name: 'ok' })).toEqual({ name: 'ok' });
    await expect(parse(Forgetful, { name: 'no' })).rejects.toBeInstanceOf(ValidationError);
  });

  test('leave other classes synchronous', () => {
    expect(parse(Order, good)).toBeInstanceOf(Order);
  });
});

describe('bare values', () => {
  test.each([
    [String, 'text', { type: 'string' }],
    [String, '', { type: 'string' }],
    [Number, 0, { type: 'number' }],
    [Boolean, false, { type: 'boolean' }],
    [Object, { any: 'thing' }, {}],
    [Object, undefined, {}],
    [Object, null, {}],
  ])('%p takes %p', (type, value, jsonSchema) => {
    expect(parse(type, value)).toBe(value);
    expect(messageSchema(type as unknown as Constructor)).toMatchObject({ name: type.name, type, jsonSchema });
  });

  test.each([
    [String, 5, 'must be a string, not a number'],
    [String, { toString: () => 'x' }, 'must be a string, not an object'],
    [Number, '5', 'must be a finite number, not a string'],
    [Number, NaN, 'must be a finite number, not NaN'],
    [Number, Infinity, 'must be a finite number, not Infinity'],
    [Boolean, 0, 'must be a boolean, not a number'],
    [Boolean, undefined, 'must be a boolean, not undefined'],
  ])('%p refuses %p', (type, value, message) => {
    expect(fields(type, value)).toEqual({ '': [message] });
  });
});

describe('a class that cannot work is refused at boot', () => {
  function mistake(type: unknown): SkerryError {
    try {
      messageSchema(type as Constructor);
    } catch (error) {
      return error as SkerryError;
    }
    throw new Error('expected it to be refused');
  }

  test('when @ValidateNested does not know its class', () => {
    class Basket {
      @ValidateNested() line!: Line;
    }
    const error = mistake(Basket);
    expect(error.code).toBe('SKERRY_HANDLER_INVALID');
    expect(error.message).toMatch(/Basket\.line.*@Type\(\(\) => Line\)/);
  });

  test('when @ValidateNested knows no class of the application', () => {
    class Basket {
      @ValidateNested({ each: true }) @Type(() => String) lines!: string[];
    }
    expect(mistake(Basket).message).toMatch(/Basket\.lines.*@Type/);
  });

  test('when a class inside it does not', () => {
    class Basket {
      @ValidateNested({ each: true }) lines!: Line[];
    }
    class Cart {
      @ValidateNested() @Type(() => Basket) basket!: Basket;
    }
    expect(mistake(Cart).message).toMatch(/Basket\.lines.*@Type/);
  });

  test('when @Validate names a class that would check nothing', () => {
    class NoConstraint implements ValidatorConstraintInterface {
      validate(): boolean {
        return false;
      }
    }
    class Item {
      @Validate(NoConstraint) sku!: string;
    }
    expect(mistake(Item).message).toMatch(/Item\.sku.*NoConstraint.*@ValidatorConstraint\(\)/);
  });
});
