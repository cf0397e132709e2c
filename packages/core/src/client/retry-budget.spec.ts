import fc from 'fast-check';
import { RetryBudget } from './retry-budget.js';

describe('a retry budget', () => {
  test('allows a share of the calls of the last ten seconds', () => {
    const budget = new RetryBudget({ percent: 20, minPerSecond: 0 });
    for (let call = 0; call < 1_000; call++) budget.began(call);
    const taken = Array.from({ length: 500 }, () => budget.take(1_000)).filter(Boolean);
    expect(taken).toHaveLength(200);
    // The calls have left the window, and with them the retries.
    expect(budget.take(20_000)).toBe(false);
    for (let call = 0; call < 10; call++) budget.began(20_000);
    expect([budget.take(20_000), budget.take(20_000), budget.take(20_000)]).toEqual([true, true, false]);
  });

  test('allows some in any case, so that a service that is rarely called is tried again too', () => {
    const budget = new RetryBudget({ percent: 20, minPerSecond: 1 });
    budget.began(5);
    expect(Array.from({ length: 12 }, () => budget.take(5)).filter(Boolean)).toHaveLength(10);
  });

  test('never adds more than its share, whatever the order of calls and failures', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ afterMs: fc.nat(3_000), fails: fc.boolean() }), { maxLength: 300 }),
        fc.integer({ min: 0, max: 100 }),
        (events, percent) => {
          const budget = new RetryBudget({ percent, minPerSecond: 0 });
          let now = 1e9;
          const began: number[] = [];
          const taken: number[] = [];
          for (const { afterMs, fails } of events) {
            now += afterMs;
            budget.began(now);
            began.push(now);
            if (fails && budget.take(now)) taken.push(now);
            const second = Math.floor(now / 1_000);
            const recent = (at: number): boolean => Math.floor(at / 1_000) > second - 10;
            expect(taken.filter(recent).length).toBeLessThanOrEqual((began.filter(recent).length * percent) / 100);
          }
        },
      ),
    );
  });

  test.each([{ percent: -1 }, { minPerSecond: NaN }])('refuses %o', (options) => {
    expect(() => new RetryBudget(options)).toThrow(/retry budget/);
  });
});
