import { coloursFor } from './colours.js';
import type { Terminal } from './terminal.js';

/** Asks the user at the terminal; everything but a clear yes is a no, and so is the end of the input. */
export async function confirmed(question: string, terminal: Terminal): Promise<boolean> {
  const { stderr, env } = terminal;
  await stderr.write(`${question} ${coloursFor(stderr, env).dim('[y/N]')} `);
  for await (const answer of terminal.readLines()) return /^y(es)?$/i.test(answer.trim());
  return false;
}
