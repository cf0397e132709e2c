import 'reflect-metadata';
import { Exclude, Expose, plainToInstance, Type } from 'class-transformer';
import {
  Allow,
  IsArray,
  IsDefined,
  IsInt,
  IsOptional,
  IsString,
  Min,
  MinLength,
  Validate,
  ValidateIf,
  ValidateNested,
  validate,
  ValidatorConstraint,
  validateSync,
  type ValidationError as Finding,
  type ValidatorConstraintInterface,
  type ValidatorOptions,
} from 'class-validator';
import fc from 'fast-check';
import { ValidationError } from '../errors/validation-error.js';
import type { Constructor } from './decorations.js';
import { messageSchema, type MessageSchema, type MessageSchemaOptions } from './message-schema.js';

const create = { groups: ['create'] };
const update = { groups: ['update'] };
const both = { groups: ['create', 'update'] };
const always = { always: true };

class Part {
  @IsString() @MinLength(2, create) name!: string;
  @IsOptional(update) @IsInt() @Min(1, always) size!: number;
}

abstract class Base {
  @IsDefined(create) @IsInt(always) id!: number;
  @IsString(both) abstract title: string;
}

class Entry extends Base {
  @IsString(create) @MinLength(2, { ...update, always: false }) override title!: string;
  @ValidateIf((entry: Entry) => entry.title === 'ab', update) @IsInt({ each: true, ...both }) numbers!: number[];
  @ValidateNested(create) @Type(() => Part) part!: Part;
  @IsOptional(always) @IsArray(update) @ValidateNested({ each: true, ...both }) @Type(() => Part) parts?: Part[];
  @Allow({ groups: ['audit'] }) note?: unknown;
  @Expose({ name: 'wire_name' }) @IsOptional(always) @IsString(always) named?: string;
  @Exclude({ toClassOnly: true }) @IsOptional(always) @IsString(always) hidden?: string;
}

@ValidatorConstraint({ async: true })
class IsFree implements ValidatorConstraintInterface {
  async validate(value: unknown): Promise<boolean> {
    await Promise.resolve();
    return value !== 'taken';
  }

  defaultMessage(): string {
    return '$property is taken';
  }
}

class Account {
  @Validate(IsFree) @IsString() name!: string;
  @IsOptional() @Validate(IsFree, { each: true }) aliases?: string[];
  @ValidateNested() @Type(() => Part) part!: Part;
}

function flat(findings: readonly Finding[], parent: string): [string, string[]][] {
  return findings.flatMap(({ property, constraints, children }) => {
    const path = /^\d+$/.test(property) ? `${parent}[${property}]` : parent === '' ? property : `${parent}.${property}`;
    return [
      ...(constraints ? [[path, Object.values(constraints).sort()] as [string, string[]]] : []),
      ...flat(children ?? [], path),
    ];
  });
}

const sorted = (fields: [string, string[]][]) => fields.sort(([a], [b]) => (a < b ? -1 : 1));

function read(type: Constructor, value: unknown): object {
  return withoutAbsent(plainToInstance(type as new () => object, JSON.parse(JSON.stringify(value))));
}

/** Without the fields that only the compiler put there, which class-validator would find that they should not exist. */
function withoutAbsent<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Record<string, unknown>;
  for (const name of Object.keys(fields)) {
    if (fields[name] === undefined) delete fields[name];
    else withoutAbsent(fields[name]);
  }
  return value;
}

function refusal(error: unknown): unknown {
  if (!(error instanceof ValidationError)) throw error;
  return sorted(error.fields.map(({ path, messages }) => [path, [...messages].sort()]));
}

function ours(type: Constructor, options: MessageSchemaOptions, value: unknown): unknown {
  return verdict(messageSchema(type, options), value);
}

function verdict(schema: MessageSchema, value: unknown): unknown {
  try {
    schema.parse(value, 'message');
    return [];
  } catch (error) {
    return refusal(error);
  }
}

const any = (...values: unknown[]) => fc.constantFrom(...values);
/** Mostly what fits. */
const likely = (fits: fc.Arbitrary<unknown>, ...misses: unknown[]) =>
  fc.oneof({ weight: 12, arbitrary: fits }, { weight: 1, arbitrary: any(...misses) });
const part = fc.record(
  {
    name: likely(any('ab'), 'a', 5),
    size: likely(any(1, 3), 0, 1.5, null, undefined),
    more: any(1, undefined, undefined),
  },
  { requiredKeys: ['name', 'size'] },
);
const entry = fc
  .record({
    id: likely(any(1, 2), 'x', null),
    title: likely(any('ab', 'abc'), 'a', 7),
    numbers: likely(any([1, 2], []), [1, 'x'], [1.5]),
    part: likely(part, null, 5),
    parts: fc.option(fc.array(part, { maxLength: 2 })),
    note: likely(any(undefined), 'x'),
    wire_name: likely(any('x', undefined), 5),
    hidden: any('x', 5, undefined),
    unknown: likely(any(undefined), 1, { deep: 1 }, null),
  })
  .map((value) => JSON.parse(JSON.stringify(value)) as object);

describe('options mean to us what they mean to class-validator', () => {
  const groups = [undefined, [], ['create'], ['update'], ['create', 'update'], ['audit'], ['other']];

  test.each(groups)('groups: %j', (chosen) => {
    for (const unknownFields of ['drop', 'refuse'] as const) {
      const options: ValidatorOptions = {
        ...(chosen ? { groups: [...chosen] } : {}),
        whitelist: true,
        forbidNonWhitelisted: unknownFields === 'refuse',
        forbidUnknownValues: false,
      };
      const schema = messageSchema(Entry, { groups: chosen, unknownFields });
      const verdicts = { accepted: 0, refused: 0 };
      fc.assert(
        fc.property(entry, (value) => {
          const expected = sorted(flat(validateSync(read(Entry, value), options), ''));
          verdicts[expected.length === 0 ? 'accepted' : 'refused']++;
          expect(verdict(schema, value)).toEqual(expected);
        }),
        { numRuns: 100 },
      );
      // Of groups that the fields have none of, everything is right, or nothing.
      const met = chosen?.[0] === 'other' ? 0 : 1;
      expect(verdicts.accepted + (unknownFields === 'refuse' ? 1 : 0)).toBeGreaterThanOrEqual(met);
      expect(verdicts.refused).toBeGreaterThanOrEqual(met);
    }
  });

  test('where a rule takes its time', async () => {
    const name = any('free', 'taken', 5);
    const account = fc.record(
      { name, aliases: fc.option(fc.array(name, { maxLength: 3 }), { nil: null }), part, more: any(1) },
      { requiredKeys: ['name', 'part'] },
    );
    const schemas = { drop: messageSchema(Account), refuse: messageSchema(Account, { unknownFields: 'refuse' }) };
    await fc.assert(
      fc.asyncProperty(account, fc.boolean(), async (value, refuse) => {
        const findings = await validate(read(Account, value), { whitelist: true, forbidNonWhitelisted: refuse });
        const schema = schemas[refuse ? 'refuse' : 'drop'];
        const parsed = Promise.resolve(schema.parse(value, 'message')).then(() => [], refusal);
        expect(await parsed).toEqual(sorted(flat(findings, '')));
      }),
    );
  });
});

describe('fields that a class does not declare, where they are refused', () => {
  const refuse = { unknownFields: 'refuse' } as const;

  class Free {
    anything?: unknown;
  }
  class Holder {
    @ValidateNested() @Type(() => Free) free!: Free;
    @IsOptional() @Type(() => Part) unjudged?: Part;
    kind = 'initial';
  }

  test('are found at every level, and named', () => {
    const value = { id: 1, title: 'ab', numbers: [], part: { name: 'ab', size: 1, x: 1 }, parts: [{ y: 1 }], z: 1 };
    expect(ours(Entry, refuse, value)).toEqual([
      ['part.x', ['property x should not exist']],
      ['parts[0].name', ['name must be a string', 'name must be longer than or equal to 2 characters']],
      ['parts[0].y', ['property y should not exist']],
      ['z', ['property z should not exist']],
    ]);
  });

  test.each([false, true])(
    'include the name that told a class, where that is kept: %p',
    (keepDiscriminatorProperty) => {
      class Drawing {
        @ValidateNested()
        @Type(() => Part, {
          keepDiscriminatorProperty,
          discriminator: { property: 'kind', subTypes: [{ name: 'part', value: Part }] },
        })
        one!: Part;
      }
      const value = { one: { kind: 'part', name: 'ab', size: 1 } };
      const options = { whitelist: true, forbidNonWhitelisted: true };
      const expected = keepDiscriminatorProperty ? [['one.kind', ['property kind should not exist']]] : [];
      expect(flat(validateSync(read(Drawing, value), options), '')).toEqual(expected);
      expect(ours(Drawing, refuse, value)).toEqual(expected);
    },
  );

  test('do not include what the message leaves out, what nobody judges, and what a class without rules is sent', () => {
    expect(ours(Holder, refuse, { free: { more: 1 }, unjudged: { more: 1 }, gone: undefined })).toEqual([]);
    expect(ours(Free, refuse, { more: 1 })).toEqual([]);
  });

  test('include those that the class initializes itself, and those that reach for a prototype', () => {
    expect(ours(Holder, refuse, { free: {}, kind: 'hacked' })).toEqual([['kind', ['property kind should not exist']]]);
    expect(ours(Holder, refuse, JSON.parse('{"free":{},"__proto__":{},"constructor":1}'))).toEqual([
      ['__proto__', ['property __proto__ should not exist']],
      ['constructor', ['property constructor should not exist']],
    ]);
  });

  test('are listed up to the first hundred, by names of bounded length', () => {
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`${'x'.repeat(10_000)}${i}`, 1]));
    const found = ours(Holder, refuse, { free: {}, ...many }) as [string, string[]][];
    expect(JSON.stringify(found).length).toBeLessThan(100_000);
    const short = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`x${i}`, 1]));
    expect(ours(Holder, refuse, { free: {}, ...short })).toHaveLength(101);
  });
});
