import type { HealthCheckKind } from './health-check.js';

/**
 * - `starting`: not every readiness check has succeeded yet.
 * - `ready`: calls are welcome.
 * - `not-ready`: it was ready, and a check has failed too often since.
 * - `stopped`: checks are not run any more.
 */
export type HealthStatus = 'starting' | 'ready' | 'not-ready' | 'stopped';

/** What happened to the health of an application, as data: told when a state begins, not while it lasts. */
export type HealthEvent =
  /** `reason` says which checks fail, when it is not ready any more. */
  | {
      readonly type: 'health-changed';
      readonly from: HealthStatus;
      readonly to: HealthStatus;
      readonly reason?: string;
    }
  /** A check has become unhealthy: it failed as often in a row as it takes, or before its first success. */
  | {
      readonly type: 'health-check-failed';
      readonly check: string;
      readonly kind: HealthCheckKind;
      readonly error: string;
      readonly failures: number;
    }
  /** A check that was unhealthy is healthy. */
  | { readonly type: 'health-check-recovered'; readonly check: string; readonly kind: HealthCheckKind };
