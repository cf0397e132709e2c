import { Clock } from '../clock/clock.js';
import { Inject, Injectable } from '../container/injectable.js';
import type { Candidate } from './candidate.js';
import { randomAllowed, SelectionStrategy, type Choice } from './strategy.js';

/** Up to so many nodes all are compared; beyond, so many random ones, so that a choice costs the same among thousands. */
const compared = 16;

/**
 * The node with the fewest calls under way, for its weight. Among more than sixteen nodes the best of sixteen random ones,
 * which is the best of all for every practical purpose (Mitzenmacher 2001).
 */
@Injectable()
export class LeastConnectionsStrategy extends SelectionStrategy {
  constructor(@Inject(Clock) private readonly clock: Clock) {
    super();
  }

  override choose(candidates: readonly Candidate[], choice: Choice): Candidate {
    const random = (): number => this.clock.random();
    // Ties are common when there is little to do: where to begin is left to chance, or the first node would get it all.
    const start = Math.floor(random() * candidates.length);
    const count = Math.min(candidates.length, compared);
    const sampled = candidates.length > compared;
    let best: Candidate | undefined;
    for (let i = 0; i < count; i++) {
      const at = sampled ? Math.floor(random() * candidates.length) : (start + i) % candidates.length;
      const candidate = candidates[at]!;
      if (choice.allowed(candidate) && (!best || load(candidate) < load(best))) best = candidate;
    }
    return best ?? randomAllowed(candidates, choice, random);
  }
}

function load({ inFlight, node }: Candidate): number {
  return (inFlight + 1) / node.weight;
}
