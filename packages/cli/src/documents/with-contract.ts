import type * as Core from '@skerry/core';
import type { Contract } from '@skerry/core';
import { loadApplication, type ModuleRequest } from '../application/loaded.js';
import type { Terminal } from '../terminal/terminal.js';

/** Which application's contract a command is about. */
export type ContractRequest = ModuleRequest;

/** The contract of an application, with the copy of the framework that it is made of. Nothing of it is constructed or opened. */
export async function contractOf(
  request: ContractRequest,
  terminal: Terminal,
): Promise<{ contract: Contract; core: typeof Core }> {
  const { app, core } = await loadApplication(request, terminal);
  return { contract: app.contract, core };
}
