import { Clock, type Timer } from './clock.js';

interface PendingTimer {
  readonly dueAt: number;
  readonly callback: () => void;
}

/** How often {@link ManualClock.advance} lets work settle that passes itself on by `process.nextTick`. */
const turns = 20;

/**
 * Time that stands still until {@link advance} moves it, and chance that repeats by its seed: for tests. Whatever waits
 * for nothing but timers and promises is deterministic on it; input and output take their real time.
 */
export class ManualClock extends Clock {
  // Ascending; of two that are due together the one that was set first is first.
  private readonly timers: PendingTimer[] = [];
  private time = 1_000_000;
  private chance: number;

  constructor(
    seed = 1,
    private readonly bootedAt = 1_700_000_000_000,
  ) {
    super();
    this.chance = seed;
  }

  /** Timers that were set, have not run and were not cancelled. */
  get pendingTimers(): number {
    return this.timers.length;
  }

  override now(): number {
    return this.time;
  }

  override wallTime(): number {
    return this.bootedAt + this.time;
  }

  override setTimer(delayMs: number, callback: () => void): Timer {
    const timer = { dueAt: this.time + Math.max(0, delayMs), callback };
    const after = this.timers.findLastIndex((other) => other.dueAt <= timer.dueAt);
    this.timers.splice(after + 1, 0, timer);
    return {
      cancel: () => {
        const index = this.timers.indexOf(timer);
        if (index >= 0) this.timers.splice(index, 1);
      },
    };
  }

  override nextTurn(callback: () => void): void {
    process.nextTick(callback);
  }

  override random(): number {
    // mulberry32: small, and good enough for everything but secrets.
    this.chance = (this.chance + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.chance ^ (this.chance >>> 15), 1 | this.chance);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  override randomHex(bytes: number): string {
    let hex = '';
    for (let i = 0; i < bytes; i++)
      hex += Math.floor(this.random() * 256)
        .toString(16)
        .padStart(2, '0');
    return hex;
  }

  /**
   * Moves time by `ms`: runs each timer that comes due, in order and at its own time, and lets promises settle in
   * between.
   */
  async advance(ms: number): Promise<void> {
    const until = this.time + ms;
    await this.settle();
    for (let next = this.timers[0]; next !== undefined && next.dueAt <= until; next = this.timers[0]) {
      this.timers.shift();
      this.time = next.dueAt;
      next.callback();
      await this.settle();
    }
    this.time = until;
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < turns; turn++) {
      // From inside a promise's turn, the next tick comes once every promise that could settle has settled.
      await Promise.resolve();
      await new Promise<void>((resolve) => process.nextTick(resolve));
    }
  }
}
