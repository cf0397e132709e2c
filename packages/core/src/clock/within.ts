import type { Clock } from './clock.js';
import { shareable } from './shared-signal.js';

/**
 * Runs an operation for at most `limitMs`: then the signal that it was given is aborted with `late()`, and so does this reject,
 * whether or not the operation notices: clients of remote servers often do not.
 *
 * @param signal Ends it sooner, with its own reason.
 */
export async function within<T>(
  clock: Clock,
  limitMs: number,
  operation: (signal: AbortSignal) => Promise<T>,
  late: () => Error,
  signal?: AbortSignal,
): Promise<T> {
  signal?.throwIfAborted();
  if (signal) shareable(signal);
  const limit = new AbortController();
  const giveUp = (): void => limit.abort(signal!.reason);
  signal?.addEventListener('abort', giveUp, { once: true });
  const timer = clock.setTimer(limitMs, () => limit.abort(late()));
  try {
    return await new Promise<T>((resolve, reject) => {
      limit.signal.addEventListener('abort', () => reject(limit.signal.reason as Error), { once: true });
      operation(limit.signal).then(resolve, reject);
    });
  } finally {
    timer.cancel();
    signal?.removeEventListener('abort', giveUp);
  }
}
