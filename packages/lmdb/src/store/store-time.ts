import { readFileSync } from 'node:fs';
import type { Clock } from '@skerry/core';

// Between the clocks of two processes, and no more.
const toleranceMs = 1_000;

/** What a number of the machine's clock means in the file. */
export interface TimeBase {
  /** Which boot of the machine this holds for; empty where it does not tell. */
  readonly boot: string;
  /** What is added to the clock. */
  readonly offsetMs: number;
}

/**
 * The time by which entries expire. Within one boot it is the machine's monotonic clock, which all processes share, so that
 * a wall clock that jumps does no harm. A boot begins a new one; then the wall clock is asked, once, for how long the machine
 * was off, and it is not believed when it is behind what was written already.
 *
 * @param known  As the file has it; `undefined` in a new one.
 * @param latest The latest time that anything was written at.
 */
export function timeBase(clock: Clock, boot: string, known: TimeBase | undefined, latest: number): TimeBase {
  const stands = known?.boot === boot && (boot !== '' || clock.now() + known.offsetMs > latest - toleranceMs);
  return stands ? known : { boot, offsetMs: Math.max(clock.wallTime(), latest) - clock.now() };
}

/** Which boot of the machine this is. Where that cannot be known, a clock that went back tells a new one. */
export function currentBoot(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
