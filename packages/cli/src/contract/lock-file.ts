import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type * as Core from '@skerry/core';
import type { ContractLock } from '@skerry/core';
import type { ContractRequest } from '../documents/with-contract.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';

export interface LockRequest extends ContractRequest {
  /** The file, relative to the working directory. */
  readonly lock: string;
}

/** What the file says. Throws a `UsageError` where there is none, or something else. */
export async function readLockFile({ lock }: LockRequest, { cwd }: Terminal, core: typeof Core): Promise<ContractLock> {
  let text: string;
  try {
    text = await readFile(resolve(cwd, lock), 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? `there is no ${lock}` : `${lock} cannot be read: ${message}`;
    throw new UsageError(`Cannot compare the contract: ${why}.`, 'write it first, and commit it: skerry contract lock');
  }
  try {
    return core.readLock(text);
  } catch (error) {
    if (!core.SkerryError.is(error)) throw error;
    throw new UsageError(
      `${lock}: ${error.message}`,
      'take it from the repository, or write it anew: skerry contract lock',
    );
  }
}
