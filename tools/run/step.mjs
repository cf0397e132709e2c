import { stripVTControlCharacters } from 'node:util';

/** Something that could not be done, with all there is to say about it; nothing else needs to be printed. */
export class StepFailed extends Error {}

// One line that is rewritten when it is done, on a terminal that can; otherwise plain lines.
const { CI, NO_COLOR, TERM } = process.env;
const live = process.stderr.isTTY && !CI && !NO_COLOR && TERM !== 'dumb';

/**
 * Does something that takes a while, and says so on stderr: what, and how long it took. What it printed is shown only when
 * it fails.
 *
 * @param {string} doing `Building`
 * @param {string} done `Built`
 * @param {(io: { output: (text: string) => void }) => Promise<number>} work Gives its exit code.
 */
export async function step(doing, done, work) {
  const started = performance.now();
  const took = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
  process.stderr.write(live ? `${doing} ...` : `${doing} ...\n`);
  let printed = '';
  let code = 1;
  try {
    code = await work({ output: (text) => (printed += text) });
  } finally {
    if (live) process.stderr.write('\r\x1b[2K');
    if (code !== 0) process.stderr.write(live ? printed : stripVTControlCharacters(printed));
  }
  if (code !== 0) throw new StepFailed(`${doing} failed after ${took()} (exit code ${code}).`);
  process.stderr.write(`${done} in ${took()}\n`);
}
