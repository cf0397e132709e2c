import { statfsSync } from 'node:fs';
import { constants } from 'node:os';
import { SkerryError } from '@skerry/core';

// Of lmdb.h and errno.h.
const full: ReadonlySet<unknown> = new Set([-30_792, constants.errno.ENOSPC, constants.errno.EDQUOT]);
// More than a transaction writes: where less is left, a write that stopped in the middle stopped for that.
const littleBytes = 64 * 1024 * 1024;
const unusable: ReadonlySet<unknown> = new Set([-30_793, -30_794, -30_796, -30_797]);

/** What the library threw, as something that tells what to do. Its own errors of a commit have the reason in a promise. */
export async function lmdbError(path: string, caught: unknown): Promise<Error> {
  const reason = (caught as { readonly commitError?: Promise<never> }).commitError;
  return reason ? lmdbErrorNow(path, await reason.catch((error: unknown) => error)) : lmdbErrorNow(path, caught);
}

/** As {@link lmdbError}, for what was thrown at once. */
export function lmdbErrorNow(path: string, caught: unknown): Error {
  if (SkerryError.is(caught)) return caught;
  const error = caught instanceof Error ? caught : new Error(String(caught));
  const { code } = error as { readonly code?: unknown };
  if (full.has(code) || (code === constants.errno.EIO && isNearlyFull(path))) {
    const message = `cannot write to ${path}: ${error.message}; make room on its disk, then go on: nothing is damaged`;
    return new SkerryError('SKERRY_STORE_FULL', message, { cause: error, details: { path } });
  }
  return unusable.has(code) ? unusableFile(path, error.message, 'restore it, or name another one', error) : error;
}

/** LMDB says no more than "input/output error" of a write that the disk took a part of. */
function isNearlyFull(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize < littleBytes;
  } catch {
    return false;
  }
}

export function unusableFile(path: string, why: string, fix: string, cause?: unknown): SkerryError {
  return new SkerryError('SKERRY_STORE_FILE_UNUSABLE', `cannot keep a store in ${path}: ${why}; ${fix}`, {
    ...(cause === undefined ? {} : { cause }),
    details: { path },
  });
}
