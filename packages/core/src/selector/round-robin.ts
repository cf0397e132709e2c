import { Clock } from '../clock/clock.js';
import { Inject, Injectable } from '../container/injectable.js';
import type { Candidate } from './candidate.js';
import { nextAllowed, SelectionStrategy, type Choice } from './strategy.js';

/** Each node in turn. Every client begins at a random one, so that many of them do not march in step. */
@Injectable()
export class RoundRobinStrategy extends SelectionStrategy {
  private readonly last = new Map<string, string>();

  constructor(@Inject(Clock) private readonly clock: Clock) {
    super();
  }

  override choose(candidates: readonly Candidate[], choice: Choice): Candidate {
    const chosen = nextAllowed(candidates, choice, this.start(candidates, choice.service));
    this.last.set(choice.service, chosen.node.id);
    return chosen;
  }

  /** After the node that was last, wherever it stands now that others have come and gone. */
  private start(candidates: readonly Candidate[], service: string): number {
    const last = this.last.get(service);
    if (last === undefined) return Math.floor(this.clock.random() * candidates.length);
    return firstAfter(candidates, last);
  }
}

/** Candidates are sorted by id: bisection finds the place in a thousand of them in ten steps. */
function firstAfter(candidates: readonly Candidate[], id: string): number {
  let from = 0;
  let to = candidates.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (candidates[middle]!.node.id <= id) from = middle + 1;
    else to = middle;
  }
  return from % candidates.length;
}
