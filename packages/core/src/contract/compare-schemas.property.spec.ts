import Ajv2020 from 'ajv/dist/2020.js';
import fc from 'fast-check';
import type { JsonSchema } from '../schema/json-schema.js';
import { compareSchemas, type Direction } from './compare-schemas.js';
import { randomClass, valueOf, widenings } from './fixtures/random-schema.js';

const nothing = { before: () => ({}), after: () => ({}) };

function isBreaking(before: JsonSchema, after: JsonSchema, direction: Direction): boolean {
  return compareSchemas(before, after, direction, nothing).some(({ breaking }) => breaking);
}

/** A message, and one that accepts more by one to four steps, none of which makes it anything at all. */
const widened = fc.tuple(randomClass(), fc.array(fc.nat(), { minLength: 1, maxLength: 4 })).map(([schema, steps]) => {
  let wider = schema;
  for (const step of steps) {
    const all = widenings(wider).filter((each) => Object.keys(each).length > 0);
    if (all.length > 0) wider = all[step % all.length]!;
  }
  return { schema, wider };
});

test('what accepts more never breaks senders, and what gives less never breaks readers', () => {
  fc.assert(
    fc.property(widened, ({ schema, wider }) => {
      expect(isBreaking(schema, wider, 'in')).toBe(false);
      expect(isBreaking(wider, schema, 'out')).toBe(false);
    }),
    { numRuns: 200 },
  );
});

test('what accepts less always breaks senders, and what gives more always breaks readers', () => {
  fc.assert(
    fc.property(widened, ({ schema, wider }) => {
      fc.pre(schema !== wider);
      expect(isBreaking(wider, schema, 'in')).toBe(true);
      expect(isBreaking(schema, wider, 'out')).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('a field that nobody has to send breaks nobody, and one that everybody has to send breaks senders', () => {
  fc.assert(
    fc.property(randomClass(), (schema) => {
      const properties = { ...(schema['properties'] as object), added: { type: 'string' } };
      const optional = { ...schema, properties };
      const required = { ...optional, required: [...(schema['required'] as string[]), 'added'] };
      expect(isBreaking(schema, optional, 'in')).toBe(false);
      expect(isBreaking(schema, required, 'in')).toBe(true);
      for (const more of [optional, required]) {
        expect(isBreaking(schema, more, 'out')).toBe(false);
        for (const direction of ['in', 'out'] as const) expect(isBreaking(more, schema, direction)).toBe(true);
      }
    }),
  );
});

test('a message that was accepted and is refused now was reported, by the judgement of another', () => {
  const ajv = new Ajv2020.default({ strict: false });
  let refused = 0;
  const related = fc.tuple(randomClass(2), fc.array(fc.nat(), { maxLength: 3 }), fc.array(fc.nat(), { maxLength: 3 }));
  const pairs = related.map(([schema, ...paths]) =>
    paths.map((steps) =>
      steps.reduce<JsonSchema>((each, step) => {
        const all = widenings(each);
        return all.length > 0 ? all[step % all.length]! : each;
      }, schema),
    ),
  );
  fc.assert(
    fc.property(
      pairs.chain(([before, after]) => fc.tuple(fc.constant(before!), fc.constant(after!), valueOf(before!))),
      ([before, after, value]) => {
        expect(ajv.validate(before, value)).toBe(true);
        if (ajv.validate(after, value)) return;
        refused++;
        expect(isBreaking(before, after, 'in')).toBe(true);
        expect(isBreaking(after, before, 'out')).toBe(true);
      },
    ),
    { numRuns: 400 },
  );
  // Otherwise nothing was tried.
  expect(refused).toBeGreaterThan(10);
});
