import fc from 'fast-check';
import { checkMetadata, formatBaggage, fromMetadata, parseBaggage, toMetadata, type Carried } from './propagation.js';

const text = fc.string({ unit: 'binary', maxLength: 40 });
const key = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,20}$/);

describe('what a call carries', () => {
  test('arrives as it was sent, apart from what the caller wrote', () => {
    fc.assert(
      fc.property(
        fc.dictionary(key, text),
        fc.record(
          {
            traceState: fc.string({ minLength: 1, maxLength: 40 }),
            baggage: fc.dictionary(
              text.filter((each) => each !== ''),
              text,
              { minKeys: 1, maxKeys: 5 },
            ),
            idempotencyKey: text,
            attempt: fc.integer({ min: 2, max: 999 }),
          },
          { requiredKeys: [] },
        ),
        (own, sent) => {
          const received = fromMetadata(toMetadata(own, sent) ?? {});
          expect({ ...received.metadata }).toEqual({ ...own });
          expect(normal(received.carried)).toEqual(normal(sent));
        },
      ),
    );
  });

  test('is nothing at all where there is nothing to carry', () => {
    const own = { tenant: 'north' };
    expect(toMetadata(undefined, {})).toBeUndefined();
    expect(toMetadata(undefined, { attempt: 1, baggage: {} })).toBeUndefined();
    expect(toMetadata(own, {})).toBe(own);
    expect(fromMetadata(own).metadata).toBe(own);
  });

  test('from a stranger is left out where it is malformed', () => {
    const { carried } = fromMetadata({ ':attempt': '-3', ':baggage': '=x,%zz=1,ok=1;ttl=3,novalue', ':unknown': 'x' });
    expect(carried).toEqual({ baggage: { ok: '1' } });
    for (const attempt of ['1e9', 'NaN', '2.5', '']) expect(fromMetadata({ ':attempt': attempt }).carried).toEqual({});
  });
});

describe('baggage', () => {
  test('is written as the standard has it', () => {
    expect(formatBaggage({ user: 'ada', plan: 'gold plus,=' })).toBe('user=ada,plan=gold%20plus%2C%3D');
    expect(parseBaggage('user=ada, plan = gold%20plus ;ttl=3')).toEqual({ user: 'ada', plan: 'gold plus' });
  });

  test('is refused beyond 8 KiB, and cut off there when a stranger sends more', () => {
    expect(() => formatBaggage({ big: 'x'.repeat(9_000) })).toThrow(/9004 bytes, and at most 8192 travel/);
    const flood = Array.from({ length: 100_000 }, (_, index) => `k${index}=v`).join(',');
    expect(Object.keys(parseBaggage(flood)).length).toBeLessThan(2_000);
  });

  test('never reaches a prototype', () => {
    const parsed = parseBaggage('__proto__=x,constructor=y');
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

describe('metadata', () => {
  test.each(['Tenant', ':attempt', '', 'a b', 'ümlaut', 'x'.repeat(129)])('cannot have the key %j', (bad) => {
    expect(() => checkMetadata({ [bad]: 'x' }, 'greeter.hello')).toThrow(
      expect.objectContaining({ code: 'SKERRY_OPTION_INVALID', message: expect.stringContaining('greeter.hello') }),
    );
  });

  test('has strings for values', () => {
    expect(() => checkMetadata({ tenant: 3 as unknown as string }, 'greeter.hello')).toThrow(/'tenant' is number/);
    expect(() => checkMetadata({ tenant: 'north', 'x-1.y_z': '' }, 'greeter.hello')).not.toThrow();
  });
});

/** Plain objects, as fast-check makes some without a prototype. */
function normal({ baggage, ...rest }: Carried): unknown {
  return { ...rest, ...(baggage ? { baggage: { ...baggage } } : {}) };
}
