import { setMaxListeners } from 'node:events';

/** Never aborted. */
export const never: AbortSignal = new AbortController().signal;
// Any number of operations listen to it at once, and all of them let go.
setMaxListeners(0, never);

/** What `work` gives; or the signal's reason once it is aborted, however long `work` takes. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(signal.reason as Error);
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted));
  });
}
