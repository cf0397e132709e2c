import { SkerryError } from '../errors/skerry-error.js';

export interface RegistryOptions {
  /** How long a registered node lives without being refreshed. Default 60 s. */
  readonly ttlMs?: number;
  /**
   * How often a registered node is refreshed, less up to 10 % so that nodes spread. At most half of `ttlMs`. Default 20
   * s.
   */
  readonly intervalMs?: number;
  /** How long the engine may take over any one operation. Default 5 s. */
  readonly deadlineMs?: number;
  /** How often a watched service is listed all the same: a watch is not a source of truth. Default 30 s. */
  readonly relistMs?: number;
  /** How often a service is listed on an engine that cannot watch. Default 1 s. */
  readonly pollMs?: number;
  /** How often a service without nodes is listed while someone waits for one, however many wait. Default 1 s. */
  readonly absentMs?: number;
  /** How long the last known nodes are kept while the engine fails. Default 10 min. */
  readonly maxStaleMs?: number;
  /** How long a service is watched that nobody asks about. Default 10 min. */
  readonly idleMs?: number;
}

const defaults: Required<RegistryOptions> = {
  ttlMs: 60_000,
  intervalMs: 20_000,
  deadlineMs: 5_000,
  relistMs: 30_000,
  pollMs: 1_000,
  absentMs: 1_000,
  maxStaleMs: 600_000,
  idleMs: 600_000,
};

/** The options with their defaults; throws `SKERRY_OPTION_INVALID` for what cannot work. */
export function resolveRegistryOptions(given: RegistryOptions): Required<RegistryOptions> {
  const options = { ...defaults };
  for (const name of Object.keys(defaults) as (keyof RegistryOptions)[]) {
    const value = given[name] ?? defaults[name];
    if (!(value > 0 && value < 2 ** 31)) {
      throw invalid(`${name} is ${value}; give milliseconds, more than 0 and less than 2^31`);
    }
    options[name] = value;
  }
  if (options.intervalMs * 2 > options.ttlMs) {
    const { intervalMs, ttlMs } = options;
    throw invalid(
      `intervalMs is ${intervalMs} and ttlMs ${ttlMs}; give at most ${ttlMs / 2}, so that one late refresh is no death`,
    );
  }
  return options;
}

function invalid(message: string): SkerryError {
  return new SkerryError('SKERRY_OPTION_INVALID', `the registry cannot work as it is configured: ${message}`);
}
