import type { Clock } from '../clock/clock.js';
import type { SkerryError } from '../errors/skerry-error.js';
import { Backoff } from './backoff.js';
import type { GuardedDriver } from './guarded-driver.js';
import type { Pacer } from './pacer.js';

// A watch that held for so long was a good one: its loss starts a new backoff.
const steadyMs = 10_000;

/** What is watched, and who is told. */
export interface Watching {
  readonly service: string;
  readonly driver: GuardedDriver;
  readonly clock: Clock;
  /** Rests between two watches. */
  readonly pacer: Pacer;
  /** The longest rest, in ms. */
  readonly restMs: number;
  /** Ends the watching. */
  readonly signal: AbortSignal;
  /** The engine reported a list, as it gave it. */
  readonly reported: (list: unknown) => void;
  /** The watch was lost; not told again before one has held. */
  readonly lost: (error: SkerryError) => void;
  /** There is a new watch: what changed between the two was not reported. */
  readonly resumed: () => void;
}

/** Watches a service anew whenever the watch is lost, until it is aborted. */
export async function keepWatched(watching: Watching): Promise<void> {
  const { service, driver, clock, pacer, signal } = watching;
  const backoff = new Backoff(clock, watching.restMs);
  let lost = false;
  while (!signal.aborted) {
    const since = clock.now();
    const watch = driver.watch(service, watching.reported, signal);
    if (lost) watching.resumed();
    const error = await watch.then(
      () => new Error('the watch ended'),
      (reason: unknown) => reason,
    );
    if (signal.aborted) return;
    if (clock.now() - since >= steadyMs) {
      backoff.reset();
      lost = false;
    }
    if (!lost) watching.lost(driver.unavailable(`watch ${service}`, error));
    lost = true;
    await pacer.rest(backoff.nextMs());
  }
}
