import { Clock, type Timer } from '@skerry/core';
import type { Chance } from './chance.js';
import type { MeshTime } from './mesh-time.js';

const bootedAt = 1_700_000_000_000;

/** Time and chance as one node has them: the time of the mesh, and chance of its own. They end with the node. */
export class NodeClock extends Clock {
  /** By how much its wall clock is wrong, in ms. */
  skewMs = 0;
  private dead = false;
  /** What came due while it is frozen. */
  private held: (() => void)[] | undefined;
  private readonly pending = new Set<Timer>();

  constructor(
    /** Whose it is. */
    readonly node: string,
    private readonly time: MeshTime,
    private readonly chance: Chance,
  ) {
    super();
  }

  /** Timers that were set, have not run and were not cancelled. */
  get pendingTimers(): number {
    return this.pending.size;
  }

  override now(): number {
    return this.time.now;
  }

  override wallTime(): number {
    return bootedAt + this.time.now + this.skewMs;
  }

  override setTimer(delayMs: number, callback: () => void): Timer {
    if (this.dead) return neverRuns;
    const run = (): void => {
      if (this.pending.delete(timer)) callback();
    };
    const inner = this.time.set(delayMs, () => {
      if (this.held) this.held.push(run);
      else run();
    });
    const timer: Timer = {
      cancel: () => {
        if (this.pending.delete(timer)) inner.cancel();
      },
    };
    this.pending.add(timer);
    return timer;
  }

  override nextTurn(callback: () => void): void {
    process.nextTick(callback);
  }

  override random(): number {
    return this.chance.next();
  }

  override randomHex(bytes: number): string {
    let hex = '';
    while (hex.length < 2 * bytes) hex += this.chance.bits().toString(16).padStart(8, '0');
    return hex.slice(0, 2 * bytes);
  }

  /** From now on nothing that comes due is run. */
  freeze(): void {
    this.held ??= [];
  }

  /** What came due meanwhile is run now, one after the other. */
  thaw(): void {
    const held = this.held ?? [];
    this.held = undefined;
    for (const run of held) this.time.set(0, run);
  }

  /** Nothing is run any more. */
  kill(): void {
    this.dead = true;
    for (const timer of [...this.pending]) timer.cancel();
  }
}

const neverRuns: Timer = Object.freeze({ cancel: () => undefined });
