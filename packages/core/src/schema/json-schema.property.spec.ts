import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  Equals,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNegative,
  IsNotEmpty,
  IsNumber,
  IsOptional,
  IsPositive,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { ValidationError } from '../errors/validation-error.js';
import type { Constructor } from './decorations.js';
import { messageSchema, type MessageSchema } from './message-schema.js';

/** A field of a class that does not exist yet. */
interface Blueprint {
  readonly designType: unknown;
  readonly decorators: readonly PropertyDecorator[];
}

const bound = fc.integer({ min: 0, max: 4 });
const options = (each: boolean) => ({ each });

/** The rules of one kind of value, any number of them, in any order; the first one names the type. */
function some(
  type: PropertyDecorator[],
  ...rules: fc.Arbitrary<PropertyDecorator>[]
): fc.Arbitrary<PropertyDecorator[]> {
  return fc.tuple(fc.constantFrom(...type), fc.array(fc.oneof(...rules), { maxLength: 3 })).map(([a, b]) => [...b, a]);
}

const stringRules = (each: boolean): fc.Arbitrary<PropertyDecorator[]> =>
  some(
    [IsString(options(each))],
    bound.map((min) => MinLength(min, options(each))),
    bound.map((max) => MaxLength(max, options(each))),
    fc.tuple(bound, bound).map(([min, more]) => Length(min, min + more, options(each))),
    fc.constantFrom(
      Matches(/^[ab]*$/, options(each)),
      IsIn(['', 'a', 'bb'], options(each)),
      Equals('a', options(each)),
    ),
    fc.constant(IsNotEmpty(options(each))),
  );

const numberRules = (each: boolean): fc.Arbitrary<PropertyDecorator[]> =>
  some(
    [IsInt(options(each)), IsNumber({}, options(each))],
    bound.map((min) => Min(min, options(each))),
    bound.map((max) => Max(max, options(each))),
    fc.constantFrom(IsPositive(options(each)), IsNegative(options(each)), IsIn([0, 1, 2.5], options(each))),
  );

const listRules = some(
  [IsArray()],
  bound.map((min) => ArrayMinSize(min)),
  bound.map((max) => ArrayMaxSize(max)),
);

const field: fc.Arbitrary<Blueprint> = fc.oneof(
  stringRules(false).map((decorators) => ({ designType: String, decorators })),
  numberRules(false).map((decorators) => ({ designType: Number, decorators })),
  fc.constant({ designType: Boolean, decorators: [IsBoolean()] }),
  fc.tuple(listRules, fc.oneof(stringRules(true), numberRules(true)), fc.boolean()).map(([own, each, unique]) => ({
    designType: Array,
    decorators: [...own, ...each, ...(unique ? [ArrayUnique()] : [])],
  })),
);

const classes = fc
  .tuple(fc.array(fc.tuple(field, fc.boolean()), { minLength: 1, maxLength: 3 }), fc.boolean(), fc.boolean())
  .map(([fields, nested, list]) => {
    class Inner {
      @IsInt() @Min(0) a!: number;
    }
    class Generated {}
    const decorate = (name: string, designType: unknown, decorators: readonly PropertyDecorator[]): void => {
      Reflect.defineMetadata('design:type', designType, Generated.prototype, name);
      for (const decorator of decorators) decorator(Generated.prototype, name);
    };
    fields.forEach(([{ designType, decorators }, optional], i) =>
      decorate(`f${i}`, designType, optional ? [...decorators, IsOptional()] : decorators),
    );
    const type = Type(() => Inner);
    if (nested && list) decorate('list', Array, [type, IsArray(), ValidateNested({ each: true })]);
    if (nested && !list) decorate('one', Inner, [type, ValidateNested(), IsNotEmpty()]);
    return Generated as Constructor;
  });

const one: fc.Arbitrary<unknown> = fc.constantFrom(
  '',
  'a',
  'ab',
  'abc',
  'bb',
  '😀',
  '😀a',
  0,
  1,
  2,
  2.5,
  3,
  -1,
  1.5,
  true,
);
const values = fc.record(
  Object.fromEntries([
    ...['f0', 'f1', 'f2'].map((name) => [
      name,
      fc.oneof({ weight: 3, arbitrary: one }, fc.array(one, { maxLength: 4 })),
    ]),
    ['one', fc.constantFrom<unknown[]>({ a: 1 }, { a: 1, b: 2 }, { a: -1 }, {}, 'text', [{ a: 1 }])],
    ['list', fc.constantFrom<unknown[]>([], [{ a: 1 }], [{ a: 1 }, { a: -1 }], [5], { a: 1 }, 'text')],
    ['unknown', one],
  ]) as Record<string, fc.Arbitrary<unknown>>,
  { requiredKeys: [] },
);

function accepts(schema: MessageSchema, value: unknown): boolean {
  try {
    schema.parse(value, 'message');
    return true;
  } catch (error) {
    if (error instanceof ValidationError) return false;
    throw error;
  }
}

describe('the schema of a class', () => {
  test('accepts what the class accepts, and nothing else', () => {
    const ajv = new Ajv2020({ strict: true, allErrors: true });
    const verdicts = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(classes, fc.array(values, { minLength: 20, maxLength: 20 }), (type, messages) => {
        const schema = messageSchema(type);
        const validate = ajv.compile(schema.jsonSchema as object);
        for (const message of messages) {
          const accepted = accepts(schema, message);
          verdicts[accepted ? 'accepted' : 'refused']++;
          expect({ message, valid: validate(message), errors: validate.errors }).toMatchObject({
            message,
            valid: accepted,
          });
        }
      }),
      { numRuns: 60 },
    );
    expect(Math.min(verdicts.accepted, verdicts.refused)).toBeGreaterThan(20);
  });
});
