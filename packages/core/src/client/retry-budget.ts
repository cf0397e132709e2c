import { SkerryError } from '../errors/skerry-error.js';

export interface RetryBudgetOptions {
  /** Calls that may be sent again, and hedged, as a share of all calls. Default 20. */
  readonly percent?: number;
  /** Allowed in any case, per second: a service that is rarely called may be tried again too. Default 10. */
  readonly minPerSecond?: number;
}

const windowSeconds = 10;

/**
 * Bounds what trying again adds to the load of a service that is in trouble: a share of its calls of the last ten seconds
 * (as Finagle has it). Counts what may have reached a handler, or was refused as too much; not what only failed to connect.
 * One for each service, shared by all of an application's clients of it.
 */
export class RetryBudget {
  readonly percent: number;
  private readonly minimum: number;
  /** By second, going round. */
  private readonly calls = new Array<number>(windowSeconds).fill(0);
  private readonly retries = new Array<number>(windowSeconds).fill(0);
  private callsInWindow = 0;
  private retriesInWindow = 0;
  private second = 0;

  constructor({ percent = 20, minPerSecond = 10 }: RetryBudgetOptions = {}) {
    for (const [name, value] of Object.entries({ percent, minPerSecond })) {
      if (!(value >= 0)) throw invalid(`${name} is ${value}; give a number, 0 or more`);
    }
    this.percent = percent;
    this.minimum = minPerSecond * windowSeconds;
  }

  /** A call begins. @param now In the clock's milliseconds. */
  began(now: number): void {
    this.turn(now);
    this.calls[this.second % windowSeconds]!++;
    this.callsInWindow++;
  }

  /** Takes one retry out of the budget; `false` when there is none left. */
  take(now: number): boolean {
    this.turn(now);
    const allowed = Math.max(this.minimum, (this.callsInWindow * this.percent) / 100);
    if (this.retriesInWindow + 1 > allowed) return false;
    this.retries[this.second % windowSeconds]!++;
    this.retriesInWindow++;
    return true;
  }

  /** Forgets the seconds that have left the window. */
  private turn(now: number): void {
    const second = Math.floor(now / 1_000);
    if (second === this.second) return;
    const passed = Math.min(windowSeconds, second - this.second);
    for (let step = 1; step <= passed; step++) {
      const at = (this.second + step) % windowSeconds;
      this.callsInWindow -= this.calls[at]!;
      this.retriesInWindow -= this.retries[at]!;
      this.calls[at] = 0;
      this.retries[at] = 0;
    }
    this.second = second;
  }
}

function invalid(message: string): SkerryError {
  return new SkerryError('SKERRY_OPTION_INVALID', `The retry budget cannot be as it is configured: ${message}.`);
}
