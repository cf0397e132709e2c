import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ContractChange } from '@skerry/core';
import { contractOf } from '../documents/with-contract.js';
import { exitCodes } from '../exit-codes.js';
import { coloursFor, type Colours } from '../terminal/colours.js';
import { compactJson } from '../terminal/json-text.js';
import { printableLine } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';
import { readLockFile, type LockRequest } from './lock-file.js';

export interface CheckRequest extends LockRequest {
  /** Accepts what has changed: the file says it from now on. */
  readonly update?: boolean;
}

/** Lists what has changed since the lock was written. Gives 1 when something breaks others and is not accepted. */
export async function checkContract(request: CheckRequest, terminal: Terminal): Promise<number> {
  const { lock, update = false, json = false } = request;
  const { stdout, env, cwd } = terminal;
  const { contract, core } = await contractOf(request, terminal);
  const before = await readLockFile(request, terminal, core);
  const after = core.contractLock(contract);
  const changes = core.compareContracts(before, after);
  const breaking = changes.filter((each) => each.breaking);
  const compatible = changes.filter((each) => !each.breaking);
  const updated = update && core.lockText(before) !== core.lockText(after);
  if (updated) await writeFile(resolve(cwd, lock), core.lockText(after));
  if (json) {
    const without = compatible.map(({ where, field, what }) => ({
      where,
      ...(field === undefined ? {} : { field }),
      what,
    }));
    const broken = breaking.map(({ breaking: _, ...each }) => each);
    await stdout.write(`${compactJson({ lock, breaking: broken, compatible: without, updated })}\n`);
  } else {
    const colours = coloursFor(stdout, env);
    const lines = [
      ...section(breaking, 'breaking', lock, colours.red, colours),
      ...section(compatible, 'compatible', lock, colours.green, colours),
      ...(changes.length === 0 ? [`nothing has changed since ${lock}`] : []),
      ...(updated ? [`updated ${colours.bold(lock)}`] : advice(breaking.length, compatible.length, colours)),
    ];
    await stdout.write(`${lines.join('\n')}\n`);
  }
  return breaking.length > 0 && !update ? exitCodes.failed : exitCodes.ok;
}

function section(
  changes: readonly ContractChange[],
  kind: string,
  lock: string,
  colour: (text: string) => string,
  { bold, dim }: Colours,
): string[] {
  if (changes.length === 0) return [];
  const head = `${changes.length} ${kind} ${changes.length === 1 ? 'change' : 'changes'} since ${lock}`;
  const blocks = changes.map(({ where, field, what, why }) => [
    `  ${bold(printableLine(field === undefined ? where : `${where}: ${field}`))}  ${printableLine(what)}`,
    ...(why === undefined ? [] : [`    ${dim('breaks')}  ${printableLine(why)}`]),
  ]);
  return [bold(colour(head)), ...blocks.flat(), ''];
}

function advice(breaking: number, compatible: number, { dim }: Colours): string[] {
  if (breaking > 0)
    return [dim('make them otherwise; or accept them, and tell whom they break: skerry contract check --update')];
  return compatible > 0 ? [dim('record them: skerry contract lock')] : [];
}
