import { SkerryError } from '../errors/skerry-error.js';

export interface StoreOptions {
  /** How long the engine may take over any one operation, in ms. Default 5,000. */
  readonly deadlineMs?: number;
}

const longestTtlMs = 10 * 366 * 24 * 3_600_000;
const longestPage = 1_000;

/** The options with their defaults; throws `SKERRY_OPTION_INVALID` for what cannot work. */
export function resolveStoreOptions({ deadlineMs = 5_000 }: StoreOptions): Required<StoreOptions> {
  if (!(deadlineMs > 0 && deadlineMs < 2 ** 31)) {
    throw invalid(
      `the store cannot work with a deadlineMs of ${deadlineMs}; give milliseconds, more than 0 and less than 2^31`,
    );
  }
  return { deadlineMs };
}

export function checkTtl(key: string, ttlMs: number | undefined): void {
  if (ttlMs === undefined || (ttlMs >= 1 && ttlMs <= longestTtlMs)) return;
  throw invalid(
    `cannot put ${key} with a ttlMs of ${ttlMs}; give milliseconds, from 1 to those of ten years, or none to keep it`,
  );
}

export function checkConditions(key: string, ifVersion: unknown, ifAbsent: unknown): void {
  if (ifVersion !== undefined && (typeof ifVersion !== 'string' || ifVersion === '')) {
    throw invalid(`cannot write ${key} with ifVersion ${JSON.stringify(ifVersion)}; give the version of an entry`);
  }
  if (ifVersion === undefined || !ifAbsent) return;
  throw invalid(`cannot put ${key} with both ifVersion and ifAbsent: no entry is both there and not there`);
}

export function checkLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= longestPage) return;
  throw invalid(`cannot list with a limit of ${limit}; give entries per page, from 1 to ${longestPage}`);
}

function invalid(message: string): SkerryError {
  return new SkerryError('SKERRY_OPTION_INVALID', message);
}
