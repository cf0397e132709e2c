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
import { messageSchema } from './message-schema.js';

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
    return [...own, ...flat(children ?? [], path)];
  });
}

function ours(type: Constructor, value: unknown): unknown {
  try {
    return { instance: messageSchema(type).parse(value, 'message') };
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return { fields: sorted(error.fields.map(({ path, messages }) => [path, [...messages]])) };
  }
}

const sorted = (fields: [string, string[]][]) => fields.sort(([a], [b]) => (a < b ? -1 : 1));

/** Mostly what fits, sometimes what does not, sometimes nothing. */
function likely<T>(fits: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 12, arbitrary: fits as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: junk });
}

const scalar = fc.constantFrom<unknown[]>(undefined, null, '', 'text', ' ', 0, -1, 1.5, 1e300, true, false);
const junk = fc.oneof(scalar, fc.constantFrom<unknown[]>({}, { a: 1 }, { name: 'x', next: 5 }));
const text = fc.string({ maxLength: 4, unit: fc.constantFrom('a', 'b', 'c', ' ', 'ä', '😀') });
const record = (fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record({ ...fields, unknown: junk }, { requiredKeys: [] }).map((value) => ({ ...value }));

const { node } = fc.letrec<{ node: unknown }>((tie) => ({
  node: record({ name: likely(text), next: fc.option(tie('node'), { nil: undefined, depthSize: 'small' }) }),
}));
const line = record({
  sku: likely(text),
  count: likely(fc.integer({ min: 0, max: 4 })),
  tags: fc.array(likely(text), { maxLength: 3 }),
});
const order = fc
  .record({
    title: likely(text),
    email: likely(fc.emailAddress()),
    express: likely(fc.boolean()),
    color: likely(fc.constantFrom('red', 'green', 'Red')),
    one: likely(fc.constantFrom(1, 'one', 2)),
    even: likely(fc.integer({ min: 0, max: 9 })),
    rush: likely(fc.integer()),
    at: likely(fc.date({ noInvalidDate: true }).map((date) => date.toISOString())),
    asked: likely(fc.oneof(fc.integer(), fc.integer().map(String))),
    free: likely(fc.object({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown)),
    wire_name: likely(text),
    code: likely(text),
    chain: likely(node),
    // Where a list is declared, anything else is refused: stricter than class-validator.
    lines: fc.array(likely(line), { maxLength: 3 }),
    unknown: junk,
  })
  .chain((value) => fc.subarray(Object.keys(value), { maxLength: 2 }).map((absent) => without(value, absent)));

function without(value: object, absent: readonly string[]): object {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !absent.includes(key)));
}

describe('a message means to us what it means to class-transformer and class-validator', () => {
  test.each<[Constructor, fc.Arbitrary<unknown>]>([
    [Order, order],
    [Line, line],
    [Node, node],
  ])('%p: the same instance, or the same fields with the same sentences', (type, values) => {
    let accepted = 0;
    fc.assert(
      fc.property(values, (value) => {
        const expected = original(type, value) as { instance?: object };
        if (expected.instance) accepted++;
        expect(ours(type, value)).toStrictEqual(expected);
      }),
      { numRuns: 500 },
    );
    expect(accepted).toBeGreaterThan(10);
  });

  test('and is not changed by being read', () => {
    fc.assert(
      fc.property(order, (value) => {
        const before = structuredClone(value);
        ours(Order, value);
        expect(value).toEqual(before);
      }),
    );
  });
});
