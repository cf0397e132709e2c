import { ManualClock } from '../clock/manual-clock.js';
import type { Candidate } from './candidate.js';
import { eject } from './fixtures/eject.js';
import { nodes } from './fixtures/nodes.js';
import { strategies, type StrategyClass } from './fixtures/strategies.js';
import { Selector } from './selector.js';
import { SelectionStrategy, type Choice } from './strategy.js';

/** Counts how often a strategy asks whether it may choose a node: what a choice costs, but for the constant part. */
class Counted extends SelectionStrategy {
  looks = 0;

  constructor(private readonly inner: SelectionStrategy) {
    super();
  }

  override choose(candidates: readonly Candidate[], choice: Choice): Candidate {
    const allowed = (each: Candidate): boolean => {
      this.looks++;
      return choice.allowed(each);
    };
    return this.inner.choose(candidates, { ...choice, allowed });
  }
}

/** Looks per choice, over two thousand choices among `count` nodes, of which every `broken`th is ejected. */
function looks(type: StrategyClass, count: number, broken = Infinity): number {
  const clock = new ManualClock(3);
  const strategy = new Counted(new type(clock));
  const selector = new Selector(strategy, clock);
  const list = nodes(count);
  const ejected = list.filter((_, index) => index % broken === 1);
  eject(selector, list, ejected);
  strategy.looks = 0;
  const tried = new Set<string>();
  for (let call = 0; call < 2_000; call++) selector.pick('echo', list, { tried, key: `${call}` }).done('success');
  return strategy.looks / 2_000;
}

describe.each(strategies)('what a choice costs with %s', (_name, type) => {
  test('is the same among a thousand nodes as among ten', () => {
    expect(looks(type, 1_000)).toBeLessThanOrEqual(1.3 * looks(type, 10));
  });

  test('is the same among a thousand nodes as among ten when some are ejected', () => {
    expect(looks(type, 1_000, 5)).toBeLessThanOrEqual(1.3 * looks(type, 10, 5));
  });
});

test('a selector counts its nodes again only after one was ejected or taken back', () => {
  const clock = new ManualClock(3);
  const list = nodes(1_000);
  let reads = 0;
  // The only thing that counting reads, and that a choice reads of the chosen one alone.
  class First extends SelectionStrategy {
    override choose(candidates: readonly Candidate[]): Candidate {
      for (const each of reads === 0 ? candidates : []) {
        let until = 0;
        Object.defineProperty(each, 'ejectedUntil', {
          get: () => (reads++, until),
          set: (value: number) => (until = value),
        });
      }
      return candidates[0]!;
    }
  }
  const selector = new Selector(new First(), clock);
  const tried = new Set<string>();
  const call = (): void => selector.pick('echo', list, { tried }).done('success');
  call();
  reads = 1;
  for (let count = 0; count < 100; count++) call();
  expect(reads).toBeLessThan(1_000);
  for (let count = 0; count < 3; count++) selector.pick('echo', list, { tried }).done('transport');
  reads = 1;
  selector.pick('echo', list, { tried }).done('cancelled');
  expect(reads).toBeGreaterThan(1_000);
});
