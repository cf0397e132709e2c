import type { Clock, Timer } from '../clock/clock.js';

/** Paces one loop: rests in the background, without keeping the process alive, and can be woken. */
export class Pacer {
  private woken = false;
  private end?: () => void;
  private timer?: Timer;
  private dueAt = 0;

  constructor(private readonly clock: Clock) {}

  /** Resolves after `ms`, or when it is woken; at once when it was woken since the last rest. */
  rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.timer?.cancel();
        delete this.timer;
        delete this.end;
        this.woken = false;
        resolve();
      };
      if (this.woken) return end();
      this.end = end;
      this.restFor(ms, end);
    });
  }

  wake(): void {
    this.woken = true;
    this.end?.();
  }

  /** Ends the present rest no later than `ms` from now. Without effect on the next one. */
  hasten(ms: number): void {
    if (!this.end || this.dueAt <= this.clock.now() + ms) return;
    this.timer?.cancel();
    this.restFor(ms, this.end);
  }

  private restFor(ms: number, end: () => void): void {
    this.dueAt = this.clock.now() + ms;
    this.timer = this.clock.setTimer(ms, end, true);
  }
}
