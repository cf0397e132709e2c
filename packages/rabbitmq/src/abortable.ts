import type { Clock } from '@skerry/core';

/** What `work` gives; or the signal's reason once it is aborted, however long `work` takes. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(signal.reason as Error);
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted, { once: true });
    // Both itself, rather than by `finally`, which makes two promises more for each.
    work.then(
      (result) => {
        signal.removeEventListener('abort', aborted);
        resolve(result);
      },
      (error: unknown) => {
        signal.removeEventListener('abort', aborted);
        reject(error as Error);
      },
    );
  });
}

/** Resolves when `work` has ended, however it did, or when so much time is over. */
export function atMost(clock: Clock, limitMs: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.setTimer(limitMs, resolve);
    const ended = (): void => {
      timer.cancel();
      resolve();
    };
    work.then(ended, ended);
  });
}
