import type { Clock, Timer } from '../clock/clock.js';

/** Ends a stream that was given no deadline: when nothing has happened on it for a while. */
export class IdleTimer {
  private timer: Timer;
  private activeAt: number;

  /**
   * @param held Whether it is the consumer who lets the stream wait, which is no fault of the stream.
   */
  constructor(
    private readonly clock: Clock,
    private readonly idleMs: number,
    private readonly held: () => boolean,
    private readonly over: () => void,
  ) {
    this.activeAt = clock.now();
    this.timer = clock.setTimer(idleMs, this.check);
  }

  /** Something happened. Costs no timer: it is looked at when the time would be over. */
  active(): void {
    this.activeAt = this.clock.now();
  }

  cancel(): void {
    this.timer.cancel();
  }

  private readonly check = (): void => {
    if (this.held()) this.active();
    const leftMs = this.activeAt + this.idleMs - this.clock.now();
    if (leftMs > 0) this.timer = this.clock.setTimer(leftMs, this.check);
    else this.over();
  };
}
