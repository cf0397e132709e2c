import type { Clock } from '../clock/clock.js';
import type { GuardedDriver } from './guarded-driver.js';
import type { RegistryEvents } from './registry-events.js';
import type { RegistryOptions } from './registry-options.js';
import type { SharedWatches } from './shared-watches.js';

/** What the registrations and the watched services of one registry share. */
export interface Supervision {
  readonly driver: GuardedDriver;
  readonly watches: SharedWatches;
  readonly clock: Clock;
  readonly options: Required<RegistryOptions>;
  readonly events: RegistryEvents;
  /** An epoch above the one given and above all that it gave before. */
  readonly nextEpoch: (above: number) => number;
}
