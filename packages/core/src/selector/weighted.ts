import { Clock } from '../clock/clock.js';
import { Inject, Injectable } from '../container/injectable.js';
import type { Candidate } from './candidate.js';
import { randomAllowed, SelectionStrategy, type Choice } from './strategy.js';

/** For each slot the probability to stay in it, and where to go otherwise. */
interface AliasTable {
  readonly stay: readonly number[];
  readonly alias: readonly number[];
}

// Most candidates are allowed: a few tries nearly always hit one.
const tries = 16;

/** Any node, as likely as its `weight` says. One draw, however many nodes (alias method: Walker 1974, Vose 1991). */
@Injectable()
export class WeightedStrategy extends SelectionStrategy {
  private readonly tables = new WeakMap<readonly Candidate[], AliasTable>();

  constructor(@Inject(Clock) private readonly clock: Clock) {
    super();
  }

  override choose(candidates: readonly Candidate[], choice: Choice): Candidate {
    let table = this.tables.get(candidates);
    if (!table) this.tables.set(candidates, (table = aliasTable(candidates.map(({ node }) => node.weight))));
    for (let attempt = 0; attempt < tries; attempt++) {
      const slot = Math.floor(this.clock.random() * candidates.length);
      const index = this.clock.random() < table.stay[slot]! ? slot : table.alias[slot]!;
      if (choice.allowed(candidates[index]!)) return candidates[index]!;
    }
    return randomAllowed(candidates, choice, () => this.clock.random());
  }
}

function aliasTable(weights: readonly number[]): AliasTable {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const share = weights.map((weight) => (weight * weights.length) / total);
  const stay = weights.map(() => 1);
  const alias = weights.map((_, index) => index);
  const poor = [...share.keys()].filter((index) => share[index]! < 1);
  const rich = [...share.keys()].filter((index) => share[index]! >= 1);
  while (poor.length > 0 && rich.length > 0) {
    const [low, high] = [poor.pop()!, rich.at(-1)!];
    stay[low] = share[low]!;
    alias[low] = high;
    share[high]! -= 1 - share[low]!;
    if (share[high]! < 1) poor.push(rich.pop()!);
  }
  return { stay, alias };
}
