import { exitCodes } from '../exit-codes.js';
import { contractOf } from '../documents/with-contract.js';
import { writeFileAt } from '../documents/document-text.js';
import type { Terminal } from '../terminal/terminal.js';
import type { LockRequest } from './lock-file.js';

export async function writeLock(request: LockRequest, terminal: Terminal): Promise<number> {
  const { contract, core } = await contractOf(request, terminal);
  await writeFileAt(request.lock, core.lockText(core.contractLock(contract)), request, terminal);
  return exitCodes.ok;
}
