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
}

/** Prints what a call is answered, each item of a stream as it comes. Rejects as the call does. Gives the last one. */
export async function printReplies(
  replies: Replies,
  kind: EndpointKind | undefined,
  { json = false, oneLine = false }: PrintOptions,
  { stdout, env }: Pick<Terminal, 'stdout' | 'env'>,
): Promise<unknown> {
  const forPeople = stdout.isTTY && !json;
  const colours = coloursFor(stdout, env);
  const print = async (value: unknown, columns: number): Promise<unknown> => {
    await stdout.write(
      `${forPeople ? prettyJson(value, colours, oneLine ? Infinity : columns) : compactJson(value)}\n`,
    );
    return value;
  };
  if (!answersMany(kind)) return print(await replies, 0);
  let last: unknown;
  for await (const item of replies) last = await print(item, stdout.columns);
  return last;
}
