import { Clock } from '../clock/clock.js';
import { Inject, Injectable } from '../container/injectable.js';
import { bisect } from './bisect.js';
import type { Candidate } from './candidate.js';
import { nextAllowed, SelectionStrategy, type Choice } from './strategy.js';

/** Each node in turn. Every client begins at a random one, so that many of them do not march in step. */
@Injectable()
export class RoundRobinStrategy extends SelectionStrategy {
  /** Where each list continues. */
  private readonly turns = new WeakMap<readonly Candidate[], { next: number }>();
  /** By service, the node that was last: a list that has changed continues there. */
  private readonly last = new Map<string, string>();

  constructor(@Inject(Clock) private readonly clock: Clock) {
    super();
  }

  override choose(candidates: readonly Candidate[], choice: Choice): Candidate {
    // By list, not by service: calls that differ in the nodes they ask for would set each other back to the same ones.
    let turn = this.turns.get(candidates);
    if (!turn) this.turns.set(candidates, (turn = { next: this.start(candidates, choice.service) }));
    const at = nextAllowed(candidates, choice, turn.next);
    turn.next = (at + 1) % candidates.length;
    const chosen = candidates[at]!;
    this.last.set(choice.service, chosen.node.id);
    return chosen;
  }

  /** After the node that was last, wherever it stands now that others have come and gone. */
  private start(candidates: readonly Candidate[], service: string): number {
    const last = this.last.get(service);
    if (last === undefined) return Math.floor(this.clock.random() * candidates.length);
    return bisect(candidates, ({ node }) => node.id <= last) % candidates.length;
  }
}
