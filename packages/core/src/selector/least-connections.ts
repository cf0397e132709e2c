import { Clock } from '../clock/clock.js';
import { Inject, Injectable } from '../container/injectable.js';
import type { Candidate } from './candidate.js';
import { randomAllowed, SelectionStrategy, type Choice } from './strategy.js';

/** Up to so many nodes all are compared. */
const mostCompared = 16;
/** Beyond, so many random ones, so that a choice costs the same among thousands. */
const sampleSize = 5;

/**
 * The node with the fewest calls under way, for its weight. Among more than sixteen nodes the best of five random ones,
 * which is the best of all for every practical purpose (Mitzenmacher 2001).
 */
@Injectable()
export class LeastConnectionsStrategy extends SelectionStrategy {
  constructor(@Inject(Clock) private readonly clock: Clock) {
    super();
  }

  override choose(candidates: readonly Candidate[], choice: Choice): Candidate {
    const { length } = candidates;
    const random = (): number => this.clock.random();
    // Ties are common when there is little to do: where to begin is left to chance, or the first node would get it all.
    let at = Math.floor(random() * length);
    const sampled = length > mostCompared;
    const count = sampled ? sampleSize : length;
    // Strides of a random length give a sample for one draw.
    const stride = sampled ? 1 + Math.floor(random() * (length - 1)) : 1;
    let best: Candidate | undefined;
    for (let i = 0; i < count; i++) {
      const candidate = candidates[at]!;
      if (choice.allowed(candidate) && (!best || load(candidate) < load(best))) best = candidate;
      at = (at + stride) % length;
    }
    return best ?? randomAllowed(candidates, choice, random);
  }
}

function load({ inFlight, node }: Candidate): number {
  return (inFlight + 1) / node.weight;
}
