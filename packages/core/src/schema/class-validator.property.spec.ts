import 'reflect-metadata';
import { Expose, plainToInstance, Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsDate,
  IsEmail,
  IsEnum,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  MinLength,
  Validate,
  ValidateIf,
  ValidateNested,
  ValidatorConstraint,
  validateSync,
  type ValidationError as Finding,
  type ValidatorConstraintInterface,
} from 'class-validator';
import fc from 'fast-check';
import { ValidationError } from '../errors/validation-error.js';
import type { Constructor } from './decorations.js';
import { messageSchema, type MessageSchema } from './message-schema.js';

enum Color {
  Red = 'red',
  Green = 'green',
}

@ValidatorConstraint({ name: 'isEven' })
class IsEven implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return typeof value === 'number' && value % 2 === 0;
  }

  defaultMessage(): string {
    return '$property must be even in $target';
  }
}

class Node {
  @IsString() @Length(1, 3) name!: string;
  @IsOptional() @ValidateNested() @Type(() => Node) next?: Node;
}

class Line {
  @Matches(/^[a-c]+$/) @MinLength(2) sku!: string;
  @IsInt() @Min(1) @Max(3) count = 1;
  @IsArray() @ArrayUnique() @IsString({ each: true }) tags: string[] = [];
}

abstract class Named {
  @IsNotEmpty() @IsString() title!: string;
}

class Order extends Named {
  @IsEmail() email!: string;
  @IsBoolean() express!: boolean;
  @IsEnum(Color) color!: Color;
  @IsOptional() @IsIn([1, 'one', null]) one?: unknown;
  @Validate(IsEven) even!: number;
  @ValidateIf((order: Order) => order.express) @IsInt() rush?: number;
  @IsDate() @Type(() => Date) at!: Date;
  @IsOptional() @IsInt() @Type(() => Number) asked?: number;
  @IsObject() free!: object;
  @Expose({ name: 'wire_name' }) @IsOptional() @IsString() named = 'initial';
  @Transform(({ value }) => (typeof value === 'string' ? value.trim() : (value as unknown)))
  @Length(1, 4)
  code!: string;
  @ValidateNested() @Type(() => Node) chain!: Node;
  @IsArray() @ArrayMaxSize(2) @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
}

/** What class-transformer and class-validator make of a message. */
function original(type: Constructor, value: unknown): unknown {
  const instance = plainToInstance(type as new () => object, structuredClone(value), { exposeDefaultValues: true });
  const findings = validateSync(instance, { whitelist: true, forbidUnknownValues: false });
  return findings.length === 0 ? { instance } : { fields: sorted(flat(findings, '')) };
}

function flat(findings: readonly Finding[], parent: string): [string, string[]][] {
  return findings.flatMap(({ property, constraints, children }) => {
    const path = /^\d+$/.test(property) ? `${parent}[${property}]` : parent === '' ? property : `${parent}.${property}`;
    const own: [string, string[]][] = constraints ? [[path, Object.values(constraints)]] : [];
    // An array that is too long is refused without a look inside.
    return [...own, ...flat(constraints?.['arrayMaxSize'] ? [] : (children ?? []), path)];
  });
}

function ours(schema: MessageSchema, value: unknown): unknown {
  try {
    return { instance: schema.parse(value, 'message') };
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return { fields: sorted(error.fields.map(({ path, messages }) => [path, [...messages]])) };
  }
}

const sorted = (fields: [string, string[]][]) => fields.sort(([a], [b]) => (a < b ? -1 : 1));

/** Nearly always what fits, or else what misses it narrowly, or widely, or nothing. */
function likely(...[fits, ...misses]: [fc.Arbitrary<unknown>, ...fc.Arbitrary<unknown>[]]): fc.Arbitrary<unknown> {
  const others = [junk, ...misses].map((arbitrary) => ({ weight: 1, arbitrary }));
  return fc.oneof({ weight: 25, arbitrary: fits }, ...others);
}

const anyOf = (...values: unknown[]): fc.Arbitrary<unknown> => fc.constantFrom(...values);
const junk = anyOf(undefined, null, '', 'text', ' ', 0, -1, 1.5, 1e300, true, false, {}, { name: 'x', next: 5 });
const record = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<object> =>
  fc.record({ ...fields, unknown: junk }).map((value) => ({ ...value }));

const { node } = fc.letrec<{ node: object }>((tie) => ({
  node: record({
    name: likely(anyOf('a', 'abc', '😀😀😀'), anyOf('abcd', '')),
    next: fc.option(tie('node'), { nil: undefined, depthSize: 'small' }),
  }),
}));
const line = record({
  sku: likely(anyOf('ab', 'abcabc'), anyOf('a', 'xyz')),
  count: likely(anyOf(1, 3, undefined), anyOf(0, 4, 1.5, '2')),
  tags: fc.uniqueArray(likely(anyOf('a', 'b', 'c')), { maxLength: 3 }),
});
const order = record({
  title: likely(anyOf('x')),
  email: likely(anyOf('ada@example.org'), anyOf('ada@')),
  express: likely(fc.boolean()),
  color: likely(anyOf('red', 'green'), anyOf('Red')),
  one: likely(anyOf(1, 'one', null, undefined), anyOf(2)),
  even: likely(anyOf(2, 4), anyOf(3)),
  rush: likely(fc.integer()),
  at: likely(anyOf('2024-05-01T00:00:00Z', 0), anyOf('never')),
  asked: likely(anyOf(5, '5', undefined), anyOf('5x', 5.5)),
  // Not with the names of an object's own methods, whose fields class-transformer loses.
  free: likely(fc.object({ maxDepth: 2, key: fc.string().filter((key) => !(key in Object.prototype)) })),
  wire_name: likely(anyOf('named', undefined)),
  code: likely(anyOf('abcd', '  a  '), anyOf('    ', 'abcde')),
  chain: likely(node),
  // Where a list is declared, anything else is refused: stricter than class-validator.
  lines: fc.array(likely(line), { maxLength: 3 }),
}).chain((value) => fc.option(anyOf(...Object.keys(value)), { freq: 10 }).map((absent) => without(value, absent)));

function without(value: object, absent: unknown): object {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== absent));
}

/** As a codec gives it: without undefined. */
function asDecoded(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe('a message means to us what it means to class-transformer and class-validator', () => {
  test.each<[Constructor, fc.Arbitrary<unknown>]>([
    [Order, order],
    [Line, line],
    [Node, node],
  ])('%p: the same instance, or the same fields with the same sentences', (type, values) => {
    const schema = messageSchema(type);
    let accepted = 0;
    fc.assert(
      fc.property(values.map(asDecoded), (value) => {
        const expected = original(type, value) as { instance?: object };
        if (expected.instance) accepted++;
        expect(ours(schema, value)).toStrictEqual(expected);
      }),
      { numRuns: 200 },
    );
    // Both verdicts were met often.
    expect(accepted).toBeGreaterThan(10);
    expect(accepted).toBeLessThan(190);
  });

  test('and is not changed by being read', () => {
    const schema = messageSchema(Order);
    fc.assert(
      fc.property(order.map(asDecoded), (value) => {
        const before = structuredClone(value);
        ours(schema, value);
        expect(value).toEqual(before);
      }),
    );
  });
});
