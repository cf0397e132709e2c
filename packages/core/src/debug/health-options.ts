import { SkerryError } from '../errors/skerry-error.js';

export interface HealthOptions {
  /** Failures in a row of one check that make the application not ready. Default 3. */
  readonly failuresToUnready?: number;
  /** Successes in a row that a check needs to be believed again after that. Default 2. */
  readonly successesToReady?: number;
}

/** The options with their defaults; throws `SKERRY_OPTION_INVALID` for what cannot work. */
export function resolveHealthOptions(given: HealthOptions = {}): Required<HealthOptions> {
  const { failuresToUnready = 3, successesToReady = 2 } = given;
  for (const [name, value] of Object.entries({ failuresToUnready, successesToReady })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new SkerryError(
      'SKERRY_OPTION_INVALID',
      `health checks cannot be counted so: ${name} is ${value}; give a whole number, 1 or more`,
    );
  }
  return { failuresToUnready, successesToReady };
}
