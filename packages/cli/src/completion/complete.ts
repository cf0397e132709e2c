import type { Argument, Command, Option } from 'commander';

/** One word that may stand where the cursor is. */
export interface Candidate {
  readonly value: string;
  /** A few words, for shells that show them. Default: nothing. */
  readonly description?: string;
}

/** What can stand where the cursor is: these words, files, or names that only the registry knows. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  /** Files are meant. */
  readonly files?: boolean;
  readonly live?: LiveKind;
  /** What `--app` said so far. */
  readonly app?: string;
}

/** Names of services, or of handlers with their service. */
export type LiveKind = 'service' | 'service.handler';

const nothing: Completion = { candidates: [] };

/**
 * What can stand in place of the last word. Never throws.
 *
 * @param program As commander knows it.
 * @param words   What stands behind `skerry`, up to the cursor; the last one may be empty.
 */
export function complete(program: Command, words: readonly string[]): Completion {
  const { command, positionals, awaiting, ended, given } = position(program, withoutSigns(words.slice(0, -1)));
  const current = words.at(-1) === '=' ? '' : (words.at(-1) ?? '');
  const app = given.get('--app');
  const asked = app ? { app } : {};
  if (awaiting) return { ...asked, ...filtered(valuesOf(awaiting), current) };
  const [, flag, value] = /^(--[^=]+)=(.*)$/.exec(current) ?? [];
  if (flag !== undefined && !ended) {
    const option = optionOf(command, flag);
    const found = option ? filtered(valuesOf(option), value!) : nothing;
    return { ...found, candidates: found.candidates.map((each) => ({ ...each, value: `${flag}=${each.value}` })) };
  }
  if (current.startsWith('-') && !ended) return filtered({ candidates: optionsOf(command, given) }, current);
  if (command.commands.length > 0) {
    return positionals > 0 ? nothing : filtered({ candidates: commandsOf(command) }, current);
  }
  return { ...asked, ...filtered(argumentValues(argumentAt(command, positionals)), current) };
}

interface Position {
  readonly command: Command;
  /** How many stand before. */
  readonly positionals: number;
  /** Its value comes next. */
  readonly awaiting: Option | undefined;
  /** After `--` there are no options. */
  readonly ended: boolean;
  /** Options with their values, as they are written. */
  readonly given: ReadonlyMap<string, string>;
}

function position(program: Command, words: readonly string[]): Position {
  let command = program;
  let positionals = 0;
  let awaiting: Option | undefined;
  let ended = false;
  const given = new Map<string, string>();
  for (const word of words) {
    if (awaiting) {
      given.set(awaiting.long ?? awaiting.flags, word);
      awaiting = undefined;
    } else if (word === '--') {
      ended = true;
    } else if (word.startsWith('-') && word !== '-' && !ended) {
      const [flag = '', value] = word.split(/=(.*)/s);
      const option = optionOf(command, flag);
      given.set(option?.long ?? flag, value ?? '');
      if (option?.required && value === undefined) awaiting = option;
    } else {
      const below = command.commands.find((each) => each.name() === word || each.aliases().includes(word));
      if (below && positionals === 0) command = below;
      else positionals++;
    }
  }
  return { command, positionals, awaiting, ended, given };
}

/** Bash takes the sign between an option and its value for a word of its own. */
function withoutSigns(words: readonly string[]): string[] {
  return words.filter((word, at) => word !== '=' || !words[at - 1]?.startsWith('--'));
}

function optionOf(command: Command, flag: string): Option | undefined {
  return command.options.find(({ long, short }) => flag === long || flag === short);
}

function optionsOf(command: Command, given: ReadonlyMap<string, string>): Candidate[] {
  const own = command.createHelp().visibleOptions(command);
  return own.flatMap(({ long, short, description, variadic, parseArg }) => {
    const value = long ?? short;
    // What may stand several times collects what it is given.
    const again = variadic || (parseArg?.length ?? 0) > 1;
    return value === undefined || (given.has(value) && !again) ? [] : [{ value, description: brief(description) }];
  });
}

function commandsOf(command: Command): Candidate[] {
  const below = command.createHelp().visibleCommands(command);
  return below.map((each) => ({ value: each.name(), description: brief(each.summary() || each.description()) }));
}

function argumentAt({ registeredArguments }: Command, index: number): Argument | undefined {
  return registeredArguments[index] ?? registeredArguments.findLast(({ variadic }) => variadic);
}

function argumentValues(argument: Argument | undefined): Completion {
  if (!argument) return nothing;
  const { argChoices } = argument;
  if (argChoices) return { candidates: argChoices.map((value) => ({ value })) };
  return byName(argument.name());
}

function valuesOf({ argChoices, flags }: Option): Completion {
  if (argChoices) return { candidates: argChoices.map((value) => ({ value })) };
  return byName(/[<[]([^\]>]+?)(?:\.{3})?[\]>]/.exec(flags)?.[1] ?? '');
}

/** What is called so in help means the same wherever it stands. */
function byName(name: string): Completion {
  if (name === 'service' || name === 'service.handler') return { candidates: [], live: name };
  return ['file', 'module', 'folder', 'directory', 'path'].includes(name) ? { candidates: [], files: true } : nothing;
}

function filtered(completion: Completion, current: string): Completion {
  const candidates = completion.candidates.filter(({ value }) => value.startsWith(current));
  return { ...completion, candidates };
}

/** The first line, as far as there is room for it beside the word. */
function brief(description: string): string {
  const [line = ''] = description.split('\n');
  return line.length > 70 ? `${line.slice(0, 69).trimEnd()}…` : line;
}
