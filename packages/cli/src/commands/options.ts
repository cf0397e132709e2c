import { Argument, InvalidArgumentError, Option } from 'commander';

/** For programs: one line, without colours. */
export function jsonOption(what: string): Option {
  return new Option('--json', `print ${what} as one line of JSON; an error too, on standard error`);
}

/** The application that a command is about. */
export function moduleArgument(): Argument {
  return new Argument(
    '[module]',
    'the compiled file of its root module, or file#Export (default: "skerry": { "module": ... } in package.json, else ' +
      'dist/app.module.js)',
  );
}

/** Reads milliseconds; at least `least`. */
export function milliseconds(least: number): (text: string) => number {
  return (text) => {
    const ms = Number(text);
    if (text.trim() !== '' && ms >= least && ms < 2 ** 31) return ms;
    throw new InvalidArgumentError(`Give milliseconds, ${least} or more: 2000.`);
  };
}
