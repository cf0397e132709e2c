import type { Clock, Timer } from '../clock/clock.js';
import type { Attempt } from './attempt.js';

/** The second attempt of a call, which begins when the first has not answered for a while (Dean and Barroso, 2013). */
export class Hedge {
  /** While it runs beside the first. */
  attempt?: Attempt | undefined;
  private readonly timer: Timer;

  /** @param begin Gives nothing where there is no other node, or no more to spend. */
  constructor(clock: Clock, afterMs: number, begin: () => Attempt | undefined) {
    this.timer = clock.setTimer(afterMs, () => {
      this.attempt = begin();
    });
  }

  /** It does not begin any more. Gives what runs, which is left to the caller. */
  end(): Attempt | undefined {
    this.timer.cancel();
    const { attempt } = this;
    this.attempt = undefined;
    return attempt;
  }
}
