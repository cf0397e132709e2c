import type { Clock, Timer } from '../clock/clock.js';

/** How long a peer may keep this side waiting for one thing. Holds no timer while nothing is waited for. */
export class Patience {
  private timer: Timer | undefined;

  /** @param over Called when it was waited for `timeoutMs`. */
  constructor(
    private readonly clock: Clock,
    private readonly timeoutMs: number,
    private readonly over: () => void,
  ) {}

  get waiting(): boolean {
    return this.timer !== undefined;
  }

  /** Begins to wait, unless it does already. */
  begin(): void {
    this.timer ??= this.clock.setTimer(this.timeoutMs, this.over, true);
  }

  /** It came, or is not wanted any more. */
  end(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }
}
