import type { Limiter } from './limiter.js';

/** What a call does when it is known whether it may run. */
export interface Applicant {
  /** It may: in the turn in which it asked, or later. */
  admitted(): void;
  /** Too many run, and too many wait. */
  refused(by: Limiter): void;
}

/** One call's way through the limits that bound it: first its handler's, then its service's. */
export class Admission {
  /** Limits that it has a place in. */
  private entered = 0;
  private over = false;
  private waitsFor?: Limiter;

  constructor(
    private readonly limiters: readonly Limiter[],
    private readonly applicant: Applicant,
  ) {}

  /** Asks for what is left to be asked for. */
  seek(): void {
    while (this.entered < this.limiters.length) {
      const limiter = this.limiters[this.entered]!;
      const answer = limiter.enter(this.turn);
      if (answer === 'waiting') {
        this.waitsFor = limiter;
        return;
      }
      if (answer === 'refused') {
        this.applicant.refused(limiter);
        return;
      }
      this.entered++;
    }
    this.applicant.admitted();
  }

  /** The call is over, however far it came. Harmless twice. */
  leave(): void {
    if (this.over) return;
    this.over = true;
    this.waitsFor?.giveUp(this.turn);
    // What waits for the service's place may be let in by the handler's: outermost first.
    for (let at = this.entered - 1; at >= 0; at--) this.limiters[at]!.leave();
  }

  private readonly turn = (): void => {
    this.waitsFor = undefined;
    if (this.over) {
      this.limiters[this.entered]!.leave();
      return;
    }
    this.entered++;
    this.seek();
  };
}
