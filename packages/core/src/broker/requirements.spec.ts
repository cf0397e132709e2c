import { ManualClock } from '../clock/manual-clock.js';
import { brokerEngines } from './engines.js';
import { MemoryBrokerDriver } from './memory.js';
import { MemoryBrokerEngine } from './memory-engine.js';
import { missingFor } from './requirements.js';
import { backoffMs } from './retry-policy.js';
import type { SubscriptionPlan } from './subscription-plan.js';
import { isPattern, isTopic, Topic } from './topic.js';

const plan: Omit<SubscriptionPlan, 'queue'> = {
  topic: 'orders.placed',
  broadcast: false,
  attempts: 5,
  backoff: undefined,
  deadLetter: true,
  concurrency: 10,
  prefetch: 20,
  ordered: false,
  from: 'now',
  dedupe: undefined,
};
const everything = brokerEngines['memory']!;

test('the table of engines says what the memory driver does', () => {
  expect(new MemoryBrokerDriver(new MemoryBrokerEngine(new ManualClock())).capabilities).toEqual(everything);
});

describe('what a subscription asks for', () => {
  test('is nothing that an engine with everything lacks', () => {
    const demanding = { ...plan, topic: 'orders.#', ordered: true, from: 'earliest' } as const;
    expect(missingFor(demanding, everything)).toEqual([]);
  });

  test.each([
    ['queues', {}],
    ['broadcast', { broadcast: true, deadLetter: false }],
    ['patterns', { topic: 'orders.*' }],
    ['ordered', { ordered: true }],
    ['deadLetter', {}],
    ['replay', { from: 'earliest' }],
    ['attempts', {}],
  ] as const)('needs the capability %s', (capability, change) => {
    const missing = missingFor({ ...plan, ...change }, { ...everything, [capability]: false });
    expect(missing.map((each) => each.capability)).toEqual([capability]);
    expect(missing[0]!.instead).not.toBe('');
  });

  test('needs waits as long as its backoff may come to', () => {
    const short = { ...everything, maxDelayMs: 30_000 };
    expect(missingFor(plan, short).map(({ capability }) => capability)).toEqual(['maxDelayMs']);
    expect(missingFor({ ...plan, backoff: { mostMs: 30_000 } }, short)).toEqual([]);
    expect(missingFor({ ...plan, attempts: 1 }, short)).toEqual([]);
  });
});

test('a message waits longer after each failure, up to a bound, and never just as long as another', () => {
  expect([1, 2, 3, 4].map((failures) => backoffMs({ firstMs: 100 }, failures, 1))).toEqual([100, 200, 400, 800]);
  expect(backoffMs(undefined, 1_000, 1)).toBe(60_000);
  expect(backoffMs({ firstMs: 1_000 }, 1, 0)).toBe(800);
});

test.each([
  ['orders', true, false],
  ['orders.placed-v2.eu_west', true, false],
  ['orders.*', false, true],
  ['*.placed.#', false, true],
  ['#', false, true],
  ['orders.#.placed', false, false],
  ['orders..placed', false, false],
  ['orders/placed', false, false],
  ['', false, false],
  ['x'.repeat(201), false, false],
])('%j is a topic: %s, a pattern: %s', (name, topic, pattern) => {
  expect([isTopic(name), isPattern(name)]).toEqual([topic, pattern]);
  if (!topic) expect(() => new Topic(name)).toThrow(expect.objectContaining({ code: 'SKERRY_OPTION_INVALID' }));
});
