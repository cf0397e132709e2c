import { Clock } from '../clock/clock.js';
import { Inject, Injectable } from '../container/injectable.js';
import type { Candidate } from './candidate.js';
import { randomAllowed, SelectionStrategy, type Choice } from './strategy.js';

/** Any node, each as likely as the others. */
@Injectable()
export class RandomStrategy extends SelectionStrategy {
  constructor(@Inject(Clock) private readonly clock: Clock) {
    super();
  }

  override choose(candidates: readonly Candidate[], choice: Choice): Candidate {
    return randomAllowed(candidates, choice, () => this.clock.random());
  }
}
