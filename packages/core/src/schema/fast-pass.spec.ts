import 'reflect-metadata';
import { Transform, Type } from 'class-transformer';
import {
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Min,
  Validate,
  ValidateBy,
  ValidateIf,
  ValidateNested,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { ValidationError } from '../errors/validation-error.js';
import type { Constructor } from './decorations.js';
import { FastPass } from './fast-pass.js';
import { MessageClasses } from './message-class.js';
import { messageSchema } from './message-schema.js';

class Line {
  @IsString() @Length(1, 20) sku!: string;
  @IsInt() @Min(1) count = 1;
}

class Tree {
  @IsString() name!: string;
  @IsOptional() @ValidateNested() @Type(() => Tree) left?: Tree;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Tree) all?: Tree[];
}

class Basket {
  @ValidateNested() @Type(() => Line) line!: Line;
}

/** Whether the message is known to be right from reading it alone. */
function isRight(type: Constructor, value: object): boolean {
  const pass = new FastPass(type, new MessageClasses(), false);
  return pass.read(value as Record<string, unknown>) !== undefined && pass.right;
}

function parse(type: Constructor, value: unknown): unknown {
  return messageSchema(type).parse(value, 'message');
}

function wrongFields(type: Constructor, value: unknown): unknown {
  try {
    return parse(type, value);
  } catch (error) {
    if (error instanceof ValidationError) return error.fields.map(({ path }) => path);
    throw error;
  }
}

describe('a message is known to be right from reading it', () => {
  class Circle {
    @IsString() kind!: string;
    @IsInt() radius!: number;
  }
  class Drawing {
    @ValidateNested({ each: true })
    @Type(() => Circle, {
      keepDiscriminatorProperty: true,
      discriminator: { property: 'kind', subTypes: [{ name: 'circle', value: Circle }] },
    })
    shapes!: Circle[];
    @ValidateNested() @Type(() => Line) byName!: Map<string, Line>;
    @IsString({ each: true }) @Type(() => String) tags!: Set<string>;
    @IsInt() @Type(() => Number) size!: number;
    @Transform(({ value }) => String(value).trim()) @Length(1, 3) code!: string;
    @ValidateIf((drawing: Drawing) => drawing.size > 1) @IsEmail() owner?: string;
    @ValidateNested({ each: true }) @Type(() => Line) lines: Line[] = [];
  }

  const drawing = {
    shapes: [{ kind: 'circle', radius: 1 }],
    byName: { a: { sku: 'x' } },
    tags: ['a', 'b'],
    size: '2',
    code: ' ab ',
    owner: 'ada@example.org',
  };

  test.each<[string, Constructor, object]>([
    ['initial values', Line, { sku: 'a' }],
    ['objects in objects and in lists', Tree, { name: 'a', left: { name: 'b' }, all: [{ name: 'c', all: [] }] }],
    ['null where a field is optional', Tree, { name: 'a', left: null, all: null }],
    ['unions, maps, sets, conversions and conditions', Drawing, drawing],
    ['a condition that does not hold', Drawing, { ...drawing, size: 1, owner: 5 }],
  ])('with %s', (_what, type, value) => {
    expect(isRight(type, value)).toBe(true);
    expect(() => parse(type, value)).not.toThrow();
  });

  test.each<[string, Constructor, object]>([
    ['a wrong object in an object', Tree, { name: 'a', left: {} }],
    ['a wrong object in a list', Tree, { name: 'a', all: [{ name: 'a' }, { name: 5 }] }],
    ['null in a list', Tree, { name: 'a', all: [null] }],
    ['an object for a list', Tree, { name: 'a', all: { name: 'a' } }],
    ['a list for an object', Basket, { line: [{ sku: 'a' }] }],
    ['a member that no class has', Drawing, { ...drawing, shapes: [{ kind: 'square', radius: 1 }] }],
    ['a wrong value in a map', Drawing, { ...drawing, byName: { a: { sku: '' } } }],
    ['a condition that holds', Drawing, { ...drawing, owner: 5 }],
  ])('and not with %s', (_what, type, value) => {
    expect(isRight(type, value)).toBe(false);
    expect(() => parse(type, value)).toThrow(ValidationError);
  });

  test('but not when an initial value has rules of its own', () => {
    class Holder {
      @ValidateNested() @Type(() => Line) line = new Line();
    }
    expect(isRight(Holder, {})).toBe(false);
    expect(wrongFields(Holder, {})).toEqual(['line.sku']);
  });

  test('but not when a nested object is not the one that was read', () => {
    const emptied = (line: Line) => Object.assign(line, { sku: '' });
    class Transformed {
      @Transform(({ value }) => emptied(value as Line)) @ValidateNested() @Type(() => Line) line!: Line;
    }
    class Setting {
      private held?: Line;
      @ValidateNested()
      @Type(() => Line)
      get line(): Line | undefined {
        return this.held;
      }
      set line(value: Line) {
        this.held = emptied(value);
      }
    }
    for (const type of [Transformed, Setting]) {
      expect(isRight(type, { line: { sku: 'a' } })).toBe(false);
      expect(wrongFields(type, { line: { sku: 'a' } })).toEqual(['line.sku']);
    }
  });

  test('but not when a setter comes in between', () => {
    class Holder {
      private held = '';
      @IsString()
      @Length(1, 3)
      get text(): string {
        return this.held;
      }
      set text(value: string) {
        this.held = `${value}!`;
      }
    }
    expect(isRight(Holder, { text: 'ab' })).toBe(true);
    expect(isRight(Holder, { text: 'abc' })).toBe(false);
    expect(wrongFields(Holder, { text: 'abc' })).toEqual(['text']);
  });
});

describe('what the application brings', () => {
  test('is called once for each value, whether the message is right or wrong', async () => {
    const calls: string[] = [];
    @ValidatorConstraint({ async: true })
    class Late implements ValidatorConstraintInterface {
      async validate(value: unknown): Promise<boolean> {
        calls.push('asynchronous rule');
        await Promise.resolve();
        return value === 'good';
      }
    }
    const custom = (value: unknown) => (calls.push('rule'), value !== 'bad');
    class Holder {
      @Transform(({ value }) => (calls.push('transform'), value as unknown)) @IsString() a!: string;
      @ValidateBy({ name: 'isString', validator: { validate: custom } }) b!: string;
      @Validate(Late) c!: string;
      @IsInt() d!: number;
    }
    const schema = messageSchema(Holder);
    for (const value of [
      { a: 'a', b: 'good', c: 'good', d: 1 },
      { a: 5, b: 'bad', c: 'bad', d: 'x' },
    ]) {
      calls.length = 0;
      await Promise.resolve(schema.parse(value, 'message')).catch(() => undefined);
      expect(calls.sort()).toEqual(['asynchronous rule', 'rule', 'transform']);
    }
  });

  test('may have the name, and even the words, of a rule of class-validator', () => {
    const named = (defaultMessage?: () => string) =>
      ValidateBy({ name: 'isString', validator: { validate: (value) => value === 'yes', defaultMessage } });
    class Same {
      @named() a!: string;
      @named(() => '$property must be a string') b!: string;
    }
    expect(wrongFields(Same, { a: 'no', b: 'no' })).toEqual(['a', 'b']);
    expect(parse(Same, { a: 'yes', b: 'yes' })).toBeInstanceOf(Same);
  });

  test('may be changed: a list of choices is looked at for each message', () => {
    const choices = ['a'];
    class Choice {
      @IsIn(choices) one!: string;
    }
    const schema = messageSchema(Choice);
    expect(() => schema.parse({ one: 'b' }, 'message')).toThrow(ValidationError);
    choices.push('b');
    expect(schema.parse({ one: 'b' }, 'message')).toEqual({ one: 'b' });
  });

  test('may remember: a sticky pattern is asked once for each value', () => {
    class Sticky {
      @Matches(/a/y) text!: string;
    }
    const schema = messageSchema(Sticky);
    expect(schema.parse({ text: 'a' }, 'message')).toEqual({ text: 'a' });
    expect(() => schema.parse({ text: 'a' }, 'message')).toThrow(ValidationError);
  });

  test('may read a message of the same kind meanwhile', () => {
    class Envelope {
      @IsString() name!: string;
      @IsOptional()
      @Transform(({ value }) => {
        try {
          return schema.parse(value, 'inner');
        } catch {
          return 'unreadable';
        }
      })
      inner?: unknown;
      @IsInt() last!: number;
    }
    const schema = messageSchema(Envelope);
    const right = { name: 'a', last: 1 };
    expect(schema.parse({ ...right, inner: { name: 5 } }, 'message')).toEqual({ ...right, inner: 'unreadable' });
    expect(() => schema.parse({ name: 5, last: 1, inner: right }, 'message')).toThrow(ValidationError);
  });
});

describe('limits', () => {
  const nested = (levels: number) => {
    let value: object = { name: 'x' };
    for (let i = 1; i < levels; i++) value = { name: 'x', left: value };
    return value;
  };

  test('of depth are those of the careful way', () => {
    expect(isRight(Tree, nested(65))).toBe(true);
    expect(() => parse(Tree, nested(65))).not.toThrow();
    expect(isRight(Tree, nested(66))).toBe(false);
    expect(() => parse(Tree, nested(66))).toThrow('64 levels');
  });

  test('of number are those of the careful way, and a list that is too long is not begun', () => {
    let made = 0;
    class Counted {
      @IsInt() n = made++;
    }
    class Many {
      @ValidateNested({ each: true }) @Type(() => Counted) all!: Counted[];
    }
    const all = (count: number) => ({ all: new Array<object>(count).fill({ n: 1 }) });
    expect(isRight(Many, all(99_999))).toBe(true);
    made = 0;
    expect(isRight(Many, all(100_001))).toBe(false);
    expect(made).toBeLessThan(2);
    expect(() => parse(Many, all(100_000))).toThrow('100000 objects');
  });
});

describe('a field that the message does not bring', () => {
  test('is not taken from what all objects inherit', () => {
    class Holder {
      @IsString() admin!: string;
    }
    const prototype = Object.prototype as { admin?: string };
    prototype.admin = 'yes';
    try {
      expect(wrongFields(Holder, {})).toEqual(['admin']);
    } finally {
      delete prototype.admin;
    }
    expect(parse(Holder, { admin: 'yes' })).toEqual({ admin: 'yes' });
    expect(wrongFields(Holder, Object.create({ admin: 'yes' }))).toEqual(['admin']);
  });
});
