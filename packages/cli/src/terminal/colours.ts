import picocolors from 'picocolors';
import type { Output, Terminal } from './terminal.js';

export type Colours = ReturnType<typeof picocolors.createColors>;

/**
 * The colours for one output: on a terminal, unless `NO_COLOR` is set; elsewhere only when `FORCE_COLOR` asks for them.
 * picocolors itself would judge by the process, and colours what is piped wherever `CI` is set.
 */
export function coloursFor(output: Output, env: Terminal['env']): Colours {
  return picocolors.createColors(isColourful(output, env));
}

function isColourful(output: Output, env: Terminal['env']): boolean {
  if (env['NO_COLOR']) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  return output.isTTY && env['TERM'] !== 'dumb';
}
