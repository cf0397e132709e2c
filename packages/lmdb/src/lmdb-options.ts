import { SkerryError } from '@skerry/core';

export interface LmdbOptions {
  /**
   * The file, which all processes that shall share it name: on a local disk, never on a network file system. It is made when it
   * is missing, with its folder, for this user alone. Beside it stands its lock: the same name with `-lock`.
   */
  readonly path: string;
  /** How often a process that watches looks for what other processes changed, in ms. Default 50. */
  readonly pollMs?: number;
  /** How often entries that have expired are removed, in ms; they are absent from the moment they expire. Default 1,000. */
  readonly sweepMs?: number;
}

/** The options with their defaults; throws `SKERRY_OPTION_INVALID` for what cannot work. */
export function resolveLmdbOptions({ path, pollMs = 50, sweepMs = 1_000 }: LmdbOptions): Required<LmdbOptions> {
  if (typeof path !== 'string' || path === '' || path.includes('\0')) {
    throw invalid(`path is ${JSON.stringify(path)}; name a file`);
  }
  for (const [name, value] of Object.entries({ pollMs, sweepMs })) {
    if (!(value >= 1 && value < 2 ** 31)) throw invalid(`${name} is ${value}; give milliseconds, 1 or more`);
  }
  return { path, pollMs, sweepMs };
}

function invalid(message: string): SkerryError {
  return new SkerryError('SKERRY_OPTION_INVALID', `cannot keep a store in LMDB as it is configured: ${message}`);
}
