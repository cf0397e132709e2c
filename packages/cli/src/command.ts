import type { Command } from 'commander';
import type { Terminal } from './terminal/terminal.js';

/**
 * What a command does. Gives the exit code; `undefined` when the process belongs to an application from now on. What it
 * throws is reported by the program.
 */
export type Action = (terminal: Terminal) => Promise<number | undefined>;

/** What a command and a group of commands have in common. */
interface Described {
  readonly name: string;
  /** A shorter name. Default: none. */
  readonly alias?: string;
  /** A few words, for the list of commands. */
  readonly summary: string;
  /** Whole lines; the first is shown whenever the command is written wrongly. */
  readonly examples: readonly [string, ...string[]];
}

/** A command as the program knows it: how it is written. What it needs to run is imported when it runs. */
export interface CliCommand extends Described {
  /** Adds arguments and options; its action hands what was given to `act`. */
  declare(command: Command, act: (action: Action) => void): void;
}

/** Commands that are written behind a common word: `skerry dlq list`. */
export interface CommandGroup extends Described {
  readonly commands: readonly CliCommand[];
}
