import type { Clock } from '../clock/clock.js';
import type { GuardedDriver } from './guarded-driver.js';
import type { RegistryEvents } from './registry-events.js';
import type { RegistryOptions } from './registry-options.js';

/** What the registrations of one registry share. */
export interface Supervision {
  readonly driver: GuardedDriver;
  readonly clock: Clock;
  readonly options: Required<RegistryOptions>;
  readonly events: RegistryEvents;
  /** An epoch above the one given and above all that it gave before. */
  readonly nextEpoch: (above: number) => number;
}
