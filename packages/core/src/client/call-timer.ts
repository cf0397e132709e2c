import type { Clock, Timer } from '../clock/clock.js';

/**
 * The two times that a call can run out of. The deadline is for the whole of it. A stream that was given none goes on for as long
 * as it is alive: it ends when nothing has happened on it for a while.
 */
export class CallTimer {
  private timer?: Timer;
  private activeAt = 0;

  constructor(private readonly clock: Clock) {}

  /** @param deadline In the clock's milliseconds; infinite for none. */
  deadline(deadline: number, over: () => void): void {
    this.timer?.cancel();
    if (deadline === Infinity) return;
    this.timer = this.clock.setTimer(deadline - this.clock.now(), over);
  }

  /**
   * Watches a stream instead of a deadline.
   *
   * @param held Whether it is the consumer who lets the stream wait, which is no fault of the stream.
   */
  idle(idleMs: number, held: () => boolean, over: () => void): void {
    this.active();
    const check = (): void => {
      if (held()) this.active();
      const leftMs = this.activeAt + idleMs - this.clock.now();
      if (leftMs > 0) this.timer = this.clock.setTimer(leftMs, check);
      else over();
    };
    this.timer?.cancel();
    this.timer = this.clock.setTimer(idleMs, check);
  }

  /** Something happened. Costs no timer: it is looked at when the time would be over. */
  active(): void {
    this.activeAt = this.clock.now();
  }

  cancel(): void {
    this.timer?.cancel();
  }
}
