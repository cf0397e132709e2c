import { Clock } from '../clock/clock.js';
import { Inject, Injectable } from '../container/injectable.js';
import type { Candidate } from './candidate.js';
import { randomAllowed, SelectionStrategy, type Choice } from './strategy.js';

/**
 * Of two random nodes, the one that is expected to answer first: its recent latency, times the calls that are before this one,
 * for its weight. Slow and busy nodes get less at once, and nobody is flooded for being the best (power of two choices,
 * Mitzenmacher 2001, with peak EWMA as in Finagle). The default.
 */
@Injectable()
export class P2cEwmaStrategy extends SelectionStrategy {
  constructor(@Inject(Clock) private readonly clock: Clock) {
    super();
  }

  override choose(candidates: readonly Candidate[], choice: Choice): Candidate {
    const { length } = candidates;
    if (length === 1) return candidates[0]!;
    // Two that differ: of a pair, a slow node would otherwise be compared with itself for every fourth call, and get it.
    const at = Math.floor(this.clock.random() * length);
    const other = (at + 1 + Math.floor(this.clock.random() * (length - 1))) % length;
    const first = this.allowedAt(at, candidates, choice);
    const second = this.allowedAt(other, candidates, choice);
    return cost(second) < cost(first) ? second : first;
  }

  private allowedAt(index: number, candidates: readonly Candidate[], choice: Choice): Candidate {
    const candidate = candidates[index]!;
    return choice.allowed(candidate) ? candidate : randomAllowed(candidates, choice, () => this.clock.random());
  }
}

/** A node that has never answered is tried, by one call at a time until it does. */
const unproven = 1e9;

function cost({ latencyMs, inFlight, node }: Candidate): number {
  if (latencyMs === 0 && inFlight > 0) return unproven + inFlight;
  return (latencyMs * (inFlight + 1)) / node.weight;
}
