import 'reflect-metadata';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  ArrayMinSize,
  ArrayNotEmpty,
  ArrayUnique,
  Contains,
  Equals,
  IsArray,
  IsBoolean,
  IsDate,
  IsDateString,
  IsEmail,
  IsEmpty,
  IsEnum,
  IsIn,
  IsInstance,
  IsInt,
  IsIP,
  IsNegative,
  IsNotEmpty,
  IsNumber,
  IsNumberString,
  IsObject,
  IsOptional,
  IsPositive,
  IsString,
  IsUrl,
  IsUUID,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  Validate,
  ValidateBy,
  ValidateIf,
  ValidateNested,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Constructor } from './decorations.js';
import type { JsonSchema } from './json-schema.js';
import { messageSchema } from './message-schema.js';

const schemaOf = (type: unknown): JsonSchema => messageSchema(type as Constructor).jsonSchema;

/** The schema of each field, of a class with these decorators. Types as the compiler would record them. */
function fieldsOf(type: unknown): Record<string, unknown> {
  const { properties } = schemaOf(type);
  return properties as Record<string, unknown>;
}

enum Color {
  Red = 'red',
  Green = 'green',
}

enum Level {
  Low,
  High = 5,
}

@ValidatorConstraint({ name: 'min' })
class Min5 implements ValidatorConstraintInterface {
  validate(): boolean {
    return true;
  }
}

class Address {
  @IsString() street!: string;
  @IsOptional() @ValidateNested() @Type(() => Address) previous?: Address;
}

describe('a class', () => {
  test('is an object that names itself and what it requires', () => {
    class Greeting {
      @IsString() name!: string;
      @IsOptional() @IsInt() age?: number;
      @IsInt() times = 1;
      @ValidateIf(() => true) @IsString() sometimes!: string;
      @Allow() anything?: unknown;
      @IsEmpty() nothing?: unknown;
      @IsString({ validateIf: () => false }) perhaps?: string;
    }
    expect(schemaOf(Greeting)).toEqual({
      title: 'Greeting',
      type: 'object',
      properties: {
        name: { type: 'string' },
        age: { type: 'integer' },
        times: { type: 'integer' },
        sometimes: {},
        anything: {},
        nothing: {},
        perhaps: { type: 'string' },
      },
      required: ['name'],
    });
  });

  test('without any rule is an object with the fields that it shows', () => {
    class Reply {
      message!: string;
      @Type(() => Address) at?: Address;
    }
    class Nothing {}
    expect(schemaOf(Reply)).toMatchObject({
      title: 'Reply',
      type: 'object',
      properties: { message: {}, at: { $ref: '#/$defs/Address' } },
    });
    expect(schemaOf(Reply)).not.toHaveProperty('required');
    expect(schemaOf(Nothing)).toEqual({ title: 'Nothing', type: 'object' });
  });

  test('shows its fields as messages name them', () => {
    class Wire {
      @Expose({ name: 'first_name' }) @IsString() firstName!: string;
      @Exclude() @IsOptional() @IsString() secret?: string;
      @Expose({ name: 'other', toPlainOnly: true }) @IsString() plain!: string;
    }
    expect(schemaOf(Wire)).toMatchObject({
      properties: { first_name: { type: 'string' }, plain: { type: 'string' } },
      required: ['first_name', 'plain'],
    });
    expect(Object.keys(fieldsOf(Wire))).toEqual(['first_name', 'plain']);
  });

  test('that cannot be created without arguments is described all the same', () => {
    class Needy {
      @IsString() name: string;
      constructor(source: { name: string }) {
        this.name = source.name;
      }
    }
    expect(schemaOf(Needy)).toMatchObject({ properties: { name: { type: 'string' } }, required: ['name'] });
  });
});

describe('rules', () => {
  test('on text', () => {
    class Text {
      @IsString() @Length(1, 80) length!: string;
      @Length(2) atLeast!: string;
      @MinLength(2) @MinLength(5) @MaxLength(9) @MaxLength(7) both!: string;
      @IsNotEmpty() notEmpty!: string;
      @IsNotEmpty() @MinLength(3) notEmptyLong!: string;
      @IsEmail() email!: string;
      @IsUUID() uuid!: string;
      @IsUrl() url!: string;
      @IsDateString() date!: string;
      @IsIP() ip!: string;
      @IsIP(4) ip4!: string;
      @IsIP('6') ip6!: string;
      @Matches(/^[a-z]+$/) matches!: string;
      @Matches('^x', 'u') matchesText!: string;
      @Contains('x') unknownRule!: string;
    }
    expect(fieldsOf(Text)).toEqual({
      length: { type: 'string', minLength: 1, maxLength: 80 },
      atLeast: { type: 'string', minLength: 2 },
      both: { type: 'string', minLength: 5, maxLength: 7 },
      notEmpty: { type: 'string', minLength: 1 },
      notEmptyLong: { type: 'string', minLength: 3 },
      email: { type: 'string', format: 'email' },
      uuid: { type: 'string', format: 'uuid' },
      url: { type: 'string', format: 'uri' },
      date: { type: 'string', format: 'date-time' },
      ip: { type: 'string', anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }] },
      ip4: { type: 'string', format: 'ipv4' },
      ip6: { type: 'string', format: 'ipv6' },
      matches: { type: 'string', pattern: '^[a-z]+$' },
      matchesText: { type: 'string', pattern: '^x' },
      unknownRule: { type: 'string' },
    });
  });

  test('on patterns that would mean something else there, say nothing', () => {
    class Patterns {
      @Matches(/abc/i) ignoresCase!: string;
      @Matches(/^a.c$/s) dotAll!: string;
      @Matches('abc', 'i') asText!: string;
      @Matches(/a{/) notUnicode!: string;
    }
    for (const schema of Object.values(fieldsOf(Patterns))) expect(schema).toEqual({ type: 'string' });
  });

  test('on numbers', () => {
    class Numbers {
      @IsNumber() number!: number;
      @IsInt() @Min(0) @Max(150) int!: number;
      @IsNumber() @IsInt() both!: number;
      @Min(1) @Min(3) @Max(9) @Max(5) narrow!: number;
      @IsPositive() positive!: number;
      @IsNegative() negative!: number;
      @IsNotEmpty() @IsInt() notEmpty!: number;
      @Type(() => Number) @IsInt() converted!: number;
    }
    expect(fieldsOf(Numbers)).toEqual({
      number: { type: 'number' },
      int: { type: 'integer', minimum: 0, maximum: 150 },
      both: { type: 'integer' },
      narrow: { type: 'number', minimum: 3, maximum: 5 },
      positive: { type: 'number', exclusiveMinimum: 0 },
      negative: { type: 'number', exclusiveMaximum: 0 },
      notEmpty: { type: 'integer' },
      converted: { type: 'integer' },
    });
  });

  test('on choices', () => {
    class Choices {
      @IsEnum(Color) color!: Color;
      @IsEnum(Level) level!: Level;
      @IsEnum(['a', 'b']) listed!: string;
      @IsIn(['a', 1, null]) mixed!: unknown;
      @IsIn(['a', undefined, Symbol('x'), {}]) partly!: unknown;
      @Equals('v1') version!: string;
      @Equals(Address) noValue!: unknown;
    }
    expect(fieldsOf(Choices)).toEqual({
      color: { type: 'string', enum: ['red', 'green'] },
      level: { type: 'number', enum: [0, 5] },
      listed: { type: 'string', enum: ['a', 'b'] },
      mixed: { enum: ['a', 1, null] },
      partly: { type: 'string', enum: ['a'] },
      version: { type: 'string', const: 'v1' },
      noValue: {},
    });
  });

  test('on lists', () => {
    class Lists {
      @IsString({ each: true }) @Length(1, 5, { each: true }) tags!: string[];
      @IsArray() @ArrayMinSize(1) @ArrayMaxSize(9) @IsInt({ each: true }) ints!: number[];
      @ArrayNotEmpty() @ArrayUnique() @IsEnum(Color, { each: true }) colors!: Color[];
      @ValidateNested({ each: true }) @Type(() => Address) @ArrayUnique() addresses!: Address[];
      @IsArray() anything!: unknown[];
      @Type(() => Number) @IsInt({ each: true }) converted!: number[];
      @Type(() => String) @IsString({ each: true }) set!: Set<string>;
      // The type is lost, and the rule accepts one value as well.
      @IsString({ each: true }) oneOrMany!: string | string[];
    }
    expect(fieldsOf(Lists)).toEqual({
      tags: { type: 'array', items: { type: 'string', minLength: 1, maxLength: 5 } },
      ints: { type: 'array', minItems: 1, maxItems: 9, items: { type: 'integer' } },
      colors: { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', enum: ['red', 'green'] } },
      addresses: { type: 'array', items: { $ref: '#/$defs/Address' } },
      anything: { type: 'array' },
      converted: { type: 'array', items: { type: 'integer' } },
      set: { type: 'array', items: { type: 'string' } },
      oneOrMany: {},
    });
  });

  test('on lists within lists, and within maps, whose rules for each are of the inner ones', () => {
    class Nested {
      @IsArray()
      @ArrayMaxSize(9)
      @IsArray({ each: true })
      @ArrayMinSize(2, { each: true })
      @Type(() => Date)
      dates!: Date[][];
      @IsArray({ each: true }) @Type(() => BigInt) totals!: bigint[][];
      @ArrayMaxSize(3, { each: true }) @ValidateNested({ each: true }) @Type(() => Address) rows!: Address[][];
      @IsArray({ each: true }) anything!: unknown[][];
      @IsArray({ each: true }) @Type(() => Date) byName!: Map<string, Date[]>;
    }
    const date = { type: 'string', format: 'date-time', 'x-skerry-type': 'date' };
    const total = { type: 'string', pattern: '^-?[0-9]+$', 'x-skerry-type': 'bigint' };
    expect(fieldsOf(Nested)).toEqual({
      dates: { type: 'array', maxItems: 9, items: { type: 'array', minItems: 2, items: date } },
      totals: { type: 'array', items: { type: 'array', items: total } },
      rows: { type: 'array', items: { type: 'array', maxItems: 3, items: { $ref: '#/$defs/Address' } } },
      anything: { type: 'array', items: { type: 'array' } },
      byName: { type: 'object', additionalProperties: { type: 'array', items: date } },
    });
  });

  test('on everything else', () => {
    class Others {
      @IsBoolean() boolean!: boolean;
      @IsDate() @Type(() => Date) date!: Date;
      @IsOptional() @Type(() => Date) dateByType?: Date;
      @IsString() dateAsText!: Date;
      @IsObject() object!: object;
      @IsInstance(Address) @Type(() => Address) instance!: Address;
      @Type(() => Number) @IsNumber({}, { each: true }) prices!: Map<string, number>;
    }
    expect(fieldsOf(Others)).toEqual({
      boolean: { type: 'boolean' },
      date: { type: 'string', format: 'date-time', 'x-skerry-type': 'date' },
      dateByType: { type: 'string', format: 'date-time', 'x-skerry-type': 'date' },
      dateAsText: { type: 'string' },
      object: { type: 'object' },
      instance: { $ref: '#/$defs/Address' },
      prices: { type: 'object', additionalProperties: { type: 'number' } },
    });
  });

  test('of the application are no reason to be wrong', () => {
    const custom = () => ValidateBy({ name: 'custom', validator: { validate: () => true } });
    class Custom {
      @custom() text!: string;
      @custom() number!: number;
      @IsNumberString() numberAsText!: number;
      @custom() flag!: boolean;
      @custom() @IsInt() int!: number;
      @Validate(Min5) namedLikeOne!: number;
      @Transform(({ value }) => String(value).split(',')) @IsArray() split!: string[];
      @ValidateNested() @Transform(({ value }) => value as unknown) made!: Address;
    }
    expect(fieldsOf(Custom)).toEqual({
      text: { type: 'string' },
      number: {},
      numberAsText: {},
      flag: {},
      int: { type: 'integer' },
      namedLikeOne: {},
      split: {},
      made: {},
    });
  });
});

describe('classes inside classes', () => {
  test('are described once, also when they go in circles', () => {
    class Customer {
      @ValidateNested() @Type(() => Address) home!: Address;
      @ValidateNested() @Type(() => Address) work!: Address;
      @IsOptional() @ValidateNested({ each: true }) @Type(() => Customer) friends?: Customer[];
    }
    expect(schemaOf(Customer)).toEqual({
      title: 'Customer',
      type: 'object',
      properties: {
        home: { $ref: '#/$defs/Address' },
        work: { $ref: '#/$defs/Address' },
        friends: { type: 'array', items: { $ref: '#' } },
      },
      required: ['home', 'work'],
      $defs: {
        Address: {
          title: 'Address',
          type: 'object',
          properties: { street: { type: 'string' }, previous: { $ref: '#/$defs/Address' } },
          required: ['street'],
        },
      },
    });
  });

  test('of the same name are kept apart', () => {
    class Other {
      @IsInt() number!: number;
    }
    Object.defineProperty(Other, 'name', { value: 'Address' });
    class Both {
      @ValidateNested() @Type(() => Address) one!: Address;
      @ValidateNested() @Type(() => Other) two!: unknown;
    }
    const { $defs, properties } = schemaOf(Both) as { $defs: Record<string, JsonSchema>; properties: object };
    expect(properties).toEqual({ one: { $ref: '#/$defs/Address' }, two: { $ref: '#/$defs/Address2' } });
    expect($defs['Address2']).toMatchObject({ title: 'Address', properties: { number: { type: 'integer' } } });
  });

  test('that a discriminator chooses are told apart by it', () => {
    class Circle {
      @IsInt() radius!: number;
    }
    class Drawing {
      @ValidateNested()
      @Type(() => Object, { discriminator: { property: 'kind', subTypes: [{ name: 'circle', value: Circle }] } })
      shape!: Circle;
    }
    expect(fieldsOf(Drawing)['shape']).toEqual({
      anyOf: [{ $ref: '#/$defs/Circle', properties: { kind: { const: 'circle' } }, required: ['kind'] }],
    });
  });
});

describe('any schema', () => {
  class Everything {
    @IsEmail() @Length(3, 50) email!: string;
    @IsInt() @Min(1) count!: number;
    @ArrayMaxSize(3) @ValidateNested({ each: true }) @Type(() => Address) addresses!: Address[];
    @IsOptional() @IsEnum(Color) color?: Color;
    @IsIP() ip!: string;
  }

  test('is a valid JSON Schema, strictly', () => {
    const ajv = new Ajv2020({ strict: true });
    formats.default(ajv);
    expect(ajv.validateSchema(schemaOf(Everything) as object)).toBe(true);
    const validate = ajv.compile(schemaOf(Everything) as object);
    expect(validate({ email: 'a@b.de', count: 1, addresses: [{ street: 'x' }], ip: '::1' })).toBe(true);
    expect(validate({ email: 'a@b.de', count: 1, addresses: [{}], ip: '::1' })).toBe(false);
  });

  test('is the same text each time, whatever the order of the decorators', () => {
    class Once {
      @IsString() @MinLength(1) @MaxLength(5) @Matches(/^a/) a!: string;
    }
    class Again {
      @Matches(/^a/) @MaxLength(5) @MinLength(1) @IsString() a!: string;
    }
    Object.defineProperty(Again, 'name', { value: 'Once' });
    expect(JSON.stringify(schemaOf(Once))).toBe(JSON.stringify(schemaOf(Again)));
    expect(JSON.stringify(schemaOf(Everything))).toBe(JSON.stringify(schemaOf(Everything)));
  });

  test('is plain JSON', () => {
    const schema = schemaOf(Everything);
    expect(JSON.parse(JSON.stringify(schema))).toStrictEqual(schema);
  });
});
