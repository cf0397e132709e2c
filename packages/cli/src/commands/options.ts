import { Argument, InvalidArgumentError, Option } from 'commander';

/** For programs: one line, without colours. */
export function jsonOption(what: string): Option {
  return new Option('--json', `print ${what} as one line of JSON; an error too, on standard error`);
}

/**
 * The application whose engines a command uses.
 *
 * @param otherwise What is used where none is named.
 */
export function appOption(otherwise = ', else the engines that need no server'): Option {
  return new Option(
    '--app <module>',
    'use the registry, broker and other engines of this application: the file of its root module, or file#Export; ' +
      `nothing of it is run (default: SKERRY_APP${otherwise})`,
  );
}

/** The same for commands that are nothing without an application's broker. */
export function brokerAppOption(): Option {
  return appOption('; one of them has to be given');
}

const file = 'the file of its root module, TypeScript too where @swc/core is installed, or file#Export';
const ofFolder = '"skerry": { "module": ... } in package.json, else dist/app.module.js';
const moduleText = `${file} (default: ${ofFolder})`;
const modulesText = `${file} (default: in a workspace all of its applications, or the one of the directory; elsewhere ${ofFolder})`;

/** The application that a command is about. */
export function moduleArgument(): Argument {
  return new Argument('[module]', moduleText);
}

/** The application that a command is about; none: all of the workspace. */
export function moduleOrAllArgument(): Argument {
  return new Argument('[module]', modulesText);
}

/** The applications that a command is about. */
export function modulesArgument(): Argument {
  return new Argument('[module...]', modulesText);
}

/** Reads milliseconds; at least `least`. */
export function milliseconds(least: number): (text: string) => number {
  return (text) => {
    const ms = Number(text);
    if (text.trim() !== '' && ms >= least && ms < 2 ** 31) return ms;
    throw new InvalidArgumentError(`Give milliseconds, ${least} or more: 2000.`);
  };
}

/** Reads a whole number, 1 or more. */
export function count(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('Give a whole number, 1 or more: 10.');
}
