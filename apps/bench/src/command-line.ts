import { parseArgs } from 'node:util';
import type { Settings } from './section.js';

export interface CommandLine extends Settings {
  readonly list: boolean;
  readonly markdown: boolean;
  readonly help: boolean;
  /** Names of sections, in the order of the sections; all when none was named. */
  readonly sections: readonly string[];
}

export const usage = `npm run bench -- [options]

  --quick               fewer and shorter rounds: all sections in about five minutes
  --only rpc,start      these sections alone
  --contenders nest,raw only contenders of these names, or with these in their names
  --rounds 15           how often each contender is measured (--quick: 3)
  --round-ms 1000       how long each time, where that can be chosen, in ms (--quick: 250)
  --markdown            tables in Markdown
  --list                the sections there are`;

/** Throws an error whose message is for the user when the arguments make no sense. */
export function parseCommandLine(args: readonly string[], sections: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      contenders: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
      'round-ms': { type: 'string' },
      markdown: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { quick, markdown, list, help } = values;
  const only = names(values.only);
  const unknown = only.find((name) => !sections.includes(name));
  if (unknown !== undefined) throw new Error(`No section "${unknown}"; there are ${sections.join(', ')}.`);
  return {
    quick,
    markdown,
    list,
    help,
    sections: only.length === 0 ? sections : sections.filter((name) => only.includes(name)),
    contenders: names(values.contenders),
    rounds: positive('--rounds', values.rounds, quick ? 3 : 15),
    roundMs: positive('--round-ms', values['round-ms'], quick ? 250 : 1_000),
  };
}

function names(given: readonly string[]): string[] {
  return given
    .flatMap((each) => each.split(','))
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function positive(option: string, given: string | undefined, otherwise: number): number {
  if (given === undefined) return otherwise;
  const value = Number(given);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`${option} is a whole number from 1 on, and not "${given}".`);
  return value;
}
