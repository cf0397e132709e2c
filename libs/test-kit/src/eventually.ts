import { setTimeout as sleep } from 'node:timers/promises';

export interface EventuallyOptions {
  /** How long to keep trying. Default 5,000 ms. */
  readonly withinMs?: number;
  /** Pause between two tries. Default 20 ms. */
  readonly everyMs?: number;
}

/**
 * Repeats `check` until it neither throws nor returns `false`, and gives what it returned. Rejects when the time is over,
 * with the last failure in its message and as its cause; also when a single try is what does not end.
 *
 *     await eventually(() => expect(registry.nodes).toHaveLength(3));
 */
export async function eventually<T>(check: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const { withinMs = 5_000, everyMs = 20 } = options;
  const over = AbortSignal.timeout(withinMs);
  let tries = 0;
  let failure: unknown = new Error('the first try has not ended');
  while (!over.aborted) {
    tries++;
    try {
      const result = await endedBy(over, check());
      if (result !== false) return result;
      failure = new Error('the check returned false');
    } catch (error) {
      if (error !== over.reason) failure = error;
    }
    await sleep(everyMs, undefined, { signal: over }).catch(() => undefined);
  }
  const last = failure instanceof Error ? failure.message : String(failure);
  throw new Error(`not within ${withinMs} ms, in ${tries} tries: ${last}`, { cause: failure });
}

/** The work's own outcome, or the signal's reason if that comes first. */
function endedBy<T>(signal: AbortSignal, work: T | Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const give = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', give, { once: true });
    Promise.resolve(work)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', give));
  });
}
