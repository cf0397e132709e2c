import type * as Core from '@skerry/core';
import type { Contract } from '@skerry/core';
import { coloursFor } from '../terminal/colours.js';
import type { Terminal } from '../terminal/terminal.js';

/** Which application's contract a command is about. */
export interface ContractRequest {
  readonly module?: string | undefined;
  readonly json?: boolean;
}

/** The contract of an application, with the copy of the framework that it is made of. Nothing of it is constructed or opened. */
export async function contractOf(
  request: ContractRequest,
  { env, cwd, stderr }: Terminal,
): Promise<{ contract: Contract; core: typeof Core }> {
  const { findModuleFile } = await import('../application/module-file.js');
  const { coreOf, rootOf } = await import('../application/application-core.js');
  const file = findModuleFile(request.module, cwd);
  if (file.note && !request.json) await stderr.write(`${coloursFor(stderr, env).dim(file.note)}\n`);
  const core = await coreOf(file);
  const { contract } = await core.Skerry.create(rootOf(file, core), { env, logLevel: 'silent' });
  return { contract, core };
}
