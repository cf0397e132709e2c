import type { Clock, Timer } from '../clock/clock.js';

/** Paces one loop: rests in the background, without keeping the process alive, and can be woken. */
export class Pacer {
  private woken = false;
  private end?: () => void;

  constructor(private readonly clock: Clock) {}

  /** Resolves after `ms`, or when it is woken; at once when it was woken since the last rest. */
  rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      let timer: Timer | undefined;
      const end = (): void => {
        timer?.cancel();
        delete this.end;
        this.woken = false;
        resolve();
      };
      if (this.woken) return end();
      this.end = end;
      timer = this.clock.setTimer(ms, end, true);
    });
  }

  wake(): void {
    this.woken = true;
    this.end?.();
  }
}
