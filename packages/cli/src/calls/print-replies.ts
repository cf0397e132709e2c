import type { EndpointKind } from '@skerry/core';
import { coloursFor } from '../terminal/colours.js';
import { compactJson, prettyJson } from '../terminal/json-text.js';
import type { Terminal } from '../terminal/terminal.js';
import { answersMany, type Replies } from './handler-calls.js';

export interface PrintOptions {
  /** Without colours, for programs. */
  readonly json?: boolean;
  /** Each in one line, for people as well. */
  readonly oneLine?: boolean;
  /** Is told each, once it is printed. */
  readonly printed?: (value: unknown) => void;
}

/** Prints what a call is answered, each item of a stream as it comes. Rejects as the call does. Gives the last one. */
export async function printReplies(
  replies: Replies,
  kind: EndpointKind | undefined,
  options: PrintOptions,
  terminal: Pick<Terminal, 'stdout' | 'env'>,
): Promise<unknown> {
  const print = async (value: unknown, columns: number): Promise<unknown> => {
    await printReply(value, options, terminal, columns);
    options.printed?.(value);
    return value;
  };
  if (!answersMany(kind)) return print(await replies, 0);
  let last: unknown;
  for await (const item of replies) last = await print(item, terminal.stdout.columns);
  return last;
}

/** @param columns What a line may have before it becomes several; default 0: each field has its own. */
export async function printReply(
  value: unknown,
  { json = false, oneLine = false }: PrintOptions,
  { stdout, env }: Pick<Terminal, 'stdout' | 'env'>,
  columns = 0,
): Promise<void> {
  const forPeople = stdout.isTTY && !json;
  const text = forPeople
    ? prettyJson(value, coloursFor(stdout, env), oneLine ? Infinity : columns)
    : compactJson(value);
  await stdout.write(`${text}\n`);
}
