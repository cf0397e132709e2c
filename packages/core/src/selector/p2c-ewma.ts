import { Clock } from '../clock/clock.js';
import { Inject, Injectable } from '../container/injectable.js';
import type { Candidate } from './candidate.js';
import { randomAllowed, SelectionStrategy, type Choice } from './strategy.js';

/**
 * Of two random nodes the one that is expected to answer first: its recent latency, times the calls that are before this one,
 * for its weight. Slow and busy nodes get less at once, and nobody is flooded for being the best (power of two choices,
 * Mitzenmacher 2001, with peak EWMA as in Finagle). The default.
 */
@Injectable()
export class P2cEwmaStrategy extends SelectionStrategy {
  constructor(@Inject(Clock) private readonly clock: Clock) {
    super();
  }

  override choose(candidates: readonly Candidate[], choice: Choice): Candidate {
    const random = (): number => this.clock.random();
    const first = randomAllowed(candidates, choice, random);
    if (candidates.length === 1) return first;
    const second = randomAllowed(candidates, choice, random);
    return cost(second) < cost(first) ? second : first;
  }
}

/** A node that has never answered is tried, by one call at a time until it does. */
const unproven = 1e9;

function cost({ latencyMs, inFlight, node }: Candidate): number {
  if (latencyMs === 0 && inFlight > 0) return unproven + inFlight;
  return (latencyMs * (inFlight + 1)) / node.weight;
}
