import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import * as classValidator from 'class-validator';
import { IsOptional, validateSync, type ValidationOptions } from 'class-validator';
import fc from 'fast-check';
import { ValidationError } from '../errors/validation-error.js';
import { FastPass } from './fast-pass.js';
import { decorators, type Use } from './fixtures/decorators.js';
import { MessageClasses } from './message-class.js';
import { messageSchema } from './message-schema.js';

// What class-validator exports besides decorators for fields; @ValidateNested has tests of its own.
const others = [
  'ValidationError',
  'ValidationTypes',
  'Validator',
  'MetadataStorage',
  'ValidatorConstraint',
  'ValidateNested',
];

type Holder = new () => { value?: unknown };

function holderOf(...decorators: readonly PropertyDecorator[]): Holder {
  class Holder {
    declare value?: unknown;
  }
  for (const decorate of decorators) decorate(Holder.prototype, 'value');
  return Holder;
}

/** The sentences of class-validator; `undefined` when it accepts. One that stumbles has refused. */
function original(type: Holder, value: unknown): readonly string[] | undefined {
  try {
    const message = { value };
    const instance = isDecoded(value) ? plainToInstance(type, message) : Object.assign(new type(), message);
    const [finding] = validateSync(instance, { whitelist: true, forbidUnknownValues: false });
    return finding && Object.values(finding.constraints!).sort();
  } catch {
    return ['value could not be checked'];
  }
}

function ours(schema: ReturnType<typeof messageSchema>, value: unknown): readonly string[] | undefined {
  try {
    schema.parse({ value }, 'message');
    return undefined;
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return [...error.fields[0]!.messages].sort();
  }
}

/** class-transformer makes copies of other objects, or something else. */
function isDecoded(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isDecoded);
  if (typeof value !== 'object' || value === null || value instanceof Date) return true;
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isDecoded);
}

/** As a codec gives it: with no object in two places. */
function decoded(value: unknown): unknown {
  if (!isDecoded(value) || typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (Array.isArray(value)) return value.map(decoded);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, decoded(each)]));
}

const texts = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.string({
    unit: fc.constantFrom('a', 'é', '\ud83d', '\ude00', '\ufe0f', '\ufe0e', '😀', '@', '.', '-', '1'),
    maxLength: 9,
  }),
  fc.emailAddress(),
  fc.uuid(),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.integer({ min: 1_000, max: 10_000 }).map((length) => 'a'.repeat(length)),
);
const plain = fc.constantFrom<unknown>(
  undefined,
  null,
  true,
  false,
  '',
  ' ',
  'true',
  NaN,
  0,
  -0,
  Infinity,
  [],
  {},
  new Date(NaN),
);
const value = fc
  .oneof(
    plain,
    texts,
    fc.double(),
    fc.integer({ min: -5, max: 5 }),
    fc.array(fc.oneof(plain, fc.integer({ min: 0, max: 3 })), { maxLength: 4 }),
    fc.date(),
    fc.object({ maxDepth: 1, key: fc.constantFrom('a', 'length', 'value') }),
  )
  .map(decoded);

const uses = Object.entries(decorators).flatMap(([name, each]) =>
  each.map((use, index) => ({ ...use, name: each.length > 1 ? `${name} (${index + 1})` : name })),
);

describe('every decorator of class-validator', () => {
  test('is tried here', () => {
    const exported = Object.entries(classValidator)
      .filter(([name, value]) => /^[A-Z]/.test(name) && typeof value === 'function' && !others.includes(name))
      .map(([name]) => name);
    expect(Object.keys(decorators).sort()).toEqual(exported.sort());
  });

  test.each(uses)('@$name: the same verdict, with the same sentence', ({ decorate, fits, misses }) => {
    const type = holderOf(decorate());
    const schema = messageSchema(type);
    for (const each of fits) expect([each, original(type, each)]).toEqual([each, undefined]);
    for (const each of misses) expect([each, original(type, each)]).not.toEqual([each, undefined]);
    for (const each of [...fits, ...misses]) expect([each, ours(schema, each)]).toEqual([each, original(type, each)]);
    fc.assert(
      fc.property(value, (each) => expect(ours(schema, each)).toEqual(original(type, each))),
      { numRuns: 40 },
    );
  });

  const variants: [string, ValidationOptions, PropertyDecorator[]][] = [
    ['each', { each: true }, []],
    ['validateIf', { validateIf: (_object, value) => typeof value !== 'string' }, []],
    ['a message', { message: '$value is not what $property of $target has to be ($constraint1)' }, [IsOptional()]],
  ];

  test.each(variants)('with %s', (_what, options, more) => {
    for (const { decorate, fits, misses, name } of uses) {
      const type = holderOf(decorate(options), ...more);
      const schema = messageSchema(type);
      const some = fc.oneof(value, fc.constantFrom(...fits, ...misses));
      const many = fc.array(fc.constantFrom(...fits, ...misses, ...fits), { maxLength: 3 }).map(decoded);
      const all = fc.oneof(
        some,
        many,
        many.map((each) => new Set(each as unknown[])),
      );
      fc.assert(
        fc.property(all, (each) => {
          if (JSON.stringify(each)?.length > 400) return;
          expect([name, ours(schema, each)]).toEqual([name, original(type, each)]);
        }),
        { numRuns: 15 },
      );
    }
  });
});

describe('the shortcut of a rule', () => {
  /** Whether a message that holds the value is known to be right without a word from its rule. */
  function isKnown(type: Holder, value: unknown): boolean {
    const pass = new FastPass(type, new MessageClasses(), false);
    return pass.read({ value }) !== undefined && pass.right;
  }

  const known = uses.filter(({ shortcut, fits }) => shortcut && fits.length > 0);

  test.each(known)('@$name: takes what fits, and each that fits', ({ decorate, fits }: Use) => {
    for (const each of fits) expect([each, isKnown(holderOf(decorate()), each)]).toEqual([each, true]);
    expect(isKnown(holderOf(decorate({ each: true })), [fits[0]])).toBe(true);
    expect(isKnown(holderOf(decorate({ validateIf: () => true })), fits[0])).toBe(true);
    expect(isKnown(holderOf(decorate(), IsOptional()), undefined)).toBe(true);
  });
});
