import type { Command, CommanderError } from 'commander';
import type { Action, CliCommand, CommandGroup } from './command.js';
import { UsageError } from './usage-error.js';

export interface Growing {
  /** Called with what the command line asks for. */
  readonly act: (action: Action) => void;
  /** For titles. */
  readonly bold: (text: string) => string;
}

/** Adds a command, or a group with all of its own, below `parent`. */
export function addCommand(parent: Command, each: CliCommand | CommandGroup, growing: Growing): void {
  const { act, bold } = growing;
  const [example] = each.examples;
  const command = parent
    .command(each.name)
    .summary(each.summary)
    .exitOverride((error) => {
      throw isMistake(error) ? mistake(error, command, example) : error;
    });
  if (each.alias !== undefined) command.alias(each.alias);
  if ('commands' in each) {
    command.description(`${each.summary.charAt(0).toUpperCase()}${each.summary.slice(1)}.`);
    for (const below of each.commands) addCommand(command, below, growing);
  } else {
    each.declare(command, (action) => act(withExample(action, example)));
  }
  command.addHelpText('after', examplesText(each.examples, bold));
}

export function examplesText(examples: readonly string[], bold: Growing['bold']): string {
  return `\n${bold('Examples:')}\n${examples.map((line) => `  ${line}`).join('\n')}`;
}

/** Help and version end commander's parsing by an error as well. */
export function isMistake({ code }: CommanderError): boolean {
  return !['commander.help', 'commander.helpDisplayed', 'commander.version'].includes(code);
}

export function mistake(error: CommanderError, command: Command, example?: string): UsageError {
  const [first = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const hint = suggestion ? ` ${suggestion.replace(/^\((.*)\)$/, '$1')}` : '';
  const message = first.replace(` for '${command.name()}'`, '').replace(/\.$/, '');
  const fix = example ? like(example) : `see ${command.name()} --help`;
  return new UsageError(`${written(command)}: ${message}.${hint}`, fix);
}

/** `skerry dlq list` */
function written(command: Command): string {
  return command.parent ? `${written(command.parent)} ${command.name()}` : command.name();
}

/** A command that finds out by itself that it was written wrongly need not know how it is written rightly. */
function withExample(action: Action, example: string): Action {
  return async (terminal) => {
    try {
      return await action(terminal);
    } catch (error) {
      if (error instanceof UsageError && error.fix === undefined) throw new UsageError(error.message, like(example));
      throw error;
    }
  };
}

function like(example: string): string {
  return `write it like ${example}`;
}
