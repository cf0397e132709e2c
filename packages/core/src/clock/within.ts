import type { Clock } from './clock.js';
import { shareable } from './shared-signal.js';

/**
 * Runs an operation for at most `limitMs`: then the signal that it was given is aborted with `late()`, and so does this reject,
 * whether or not the operation notices: clients of remote servers often do not.
 *
 * @param signal Ends it sooner, with its own reason.
 */
export function within<T>(
  clock: Clock,
  limitMs: number,
  operation: (signal: AbortSignal) => Promise<T>,
  late: () => Error,
  signal?: AbortSignal,
): Promise<T> {
  // Each message and each entry comes through here: a listener or a promise more is a tenth of what that costs.
  return new Promise<T>((resolve, reject) => {
    signal?.throwIfAborted();
    if (signal) shareable(signal);
    const limit = new AbortController();
    const over = (): void => {
      timer.cancel();
      if (signal) signal.removeEventListener('abort', giveUp);
    };
    const end = (reason: unknown): void => {
      over();
      reject(reason as Error);
      limit.abort(reason);
    };
    const giveUp = (): void => end(signal!.reason);
    const timer = clock.setTimer(limitMs, () => end(late()));
    if (signal) signal.addEventListener('abort', giveUp, { once: true });
    let work: Promise<T>;
    try {
      work = operation(limit.signal);
    } catch (error) {
      over();
      throw error;
    }
    work.then(
      (result) => {
        over();
        resolve(result);
      },
      (error: unknown) => {
        over();
        reject(error as Error);
      },
    );
  });
}
