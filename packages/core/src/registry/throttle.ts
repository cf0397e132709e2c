import type { Clock, Timer } from '../clock/clock.js';

/**
 * Passes values on, one in each `everyMs` at most: the first at once, and of those that come too soon the last, as soon as it
 * may. Waits in the background, without keeping the process alive.
 */
export class Throttle<T> {
  private passedAt = -Infinity;
  private held?: { readonly value: T; readonly timer: Timer };

  constructor(
    private readonly clock: Clock,
    private readonly everyMs: number,
    private readonly pass: (value: T) => void,
  ) {}

  offer(value: T): void {
    const waitMs = this.passedAt + this.everyMs - this.clock.now();
    if (waitMs <= 0) return this.release(value);
    const timer = this.held?.timer ?? this.clock.setTimer(waitMs, () => this.release(this.held!.value), true);
    this.held = { value, timer };
  }

  /** Something newer went its own way: what is held is out of date, and the next has to wait as if this had been passed on. */
  overtaken(): void {
    this.forget();
    this.passedAt = this.clock.now();
  }

  /** Drops what is held, and leaves no timer. */
  forget(): void {
    this.held?.timer.cancel();
    delete this.held;
  }

  private release(value: T): void {
    this.overtaken();
    this.pass(value);
  }
}
