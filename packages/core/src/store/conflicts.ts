import type { Clock } from '../clock/clock.js';
import { SkerryError } from '../errors/skerry-error.js';

// Who is faster has got on, so a few tries in a row are no loop. Of many that are in each other's way, each then draws apart.
const inARow = 10;
const longestPauseMs = 50;

export interface ConflictPatience {
  readonly clock: Clock;
  /** How long conflicts are answered by another try. */
  readonly withinMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Runs `work`, and runs it again for as long as it ends with `SKERRY_STORE_CONFLICT`. */
export async function retryConflicts<T>(
  work: () => Promise<T>,
  { clock, withinMs, signal }: ConflictPatience,
): Promise<T> {
  const untilMs = clock.now() + withinMs;
  for (let tries = 1; ; tries++) {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!SkerryError.is(error, 'SKERRY_STORE_CONFLICT') || clock.now() >= untilMs) throw error;
    }
    if (tries >= inARow) await clock.sleep(clock.random() * longestPauseMs, signal);
  }
}
