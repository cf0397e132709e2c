import { Command, CommanderError } from 'commander';
import type { Action, CliCommand, CommandGroup } from './command.js';
import { addCommand, examplesText, isMistake, mistake } from './command-tree.js';
import { asyncapi } from './commands/asyncapi.js';
import { build } from './commands/build.js';
import { broker } from './commands/broker.js';
import { call, stream } from './commands/call.js';
import { completeWords, completion } from './commands/completion.js';
import { describe } from './commands/describe.js';
import { contract } from './commands/contract.js';
import { dev } from './commands/dev.js';
import { dlq } from './commands/dlq.js';
import { doctor } from './commands/doctor.js';
import { generate } from './commands/generate.js';
import { graph } from './commands/graph.js';
import { health } from './commands/health.js';
import { jsonschema } from './commands/jsonschema.js';
import { newWorkspace } from './commands/new.js';
import { openapi } from './commands/openapi.js';
import { proto } from './commands/proto.js';
import { publish } from './commands/publish.js';
import { repl } from './commands/repl.js';
import { run } from './commands/run.js';
import { services } from './commands/services.js';
import { subscribe } from './commands/subscribe.js';
import { unused } from './commands/unused.js';
import { why } from './commands/why.js';
import { exitCodeMeanings, exitCodes } from './exit-codes.js';
import { ownVersion } from './own-version.js';
import { coloursFor } from './terminal/colours.js';
import { reportError } from './terminal/error-report.js';
import type { Terminal } from './terminal/terminal.js';

/** All of them, in the order of the help. */
export const commands: readonly (CliCommand | CommandGroup)[] = [
  newWorkspace,
  ...[dev, run, build, services, describe, health, call, stream, repl],
  ...[graph, why, unused, doctor],
  ...[publish, subscribe, dlq, broker],
  ...[asyncapi, openapi, jsonschema, proto, contract, generate],
  ...[completion, completeWords],
];

/**
 * Runs the `skerry` command. Never rejects: everything that goes wrong is told at the terminal.
 *
 * @param args What stands behind `skerry`.
 * @returns The exit code; `undefined` when the process belongs to an application from now on.
 */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number | undefined> {
  let action: Action | undefined;
  const said = { out: '', err: '' };
  try {
    buildProgram(terminal, said, (chosen) => (action = chosen)).parse([...args], { from: 'user' });
    return await action?.(terminal);
  } catch (error) {
    if (error instanceof CommanderError) return await finish(said, terminal);
    return await reportError(error, terminal, { json: asksForJson(args) });
  }
}

/**
 * The program as commander knows it.
 *
 * @param said Gets what commander has to say: help, the version.
 * @param act  Called with what the command line asks for.
 */
export function buildProgram(
  terminal: Pick<Terminal, 'stdout' | 'stderr' | 'env'>,
  said: { out: string; err: string },
  act: (action: Action) => void,
): Command {
  const { bold, isColorSupported } = coloursFor(terminal.stdout, terminal.env);
  const program = new Command('skerry')
    .description('Runs, finds and calls Skerry services, handles their messages, and keeps their contracts.')
    .version(ownVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .configureHelp({ styleTitle: bold })
    .configureOutput({
      writeOut: (text) => (said.out += text),
      writeErr: (text) => (said.err += text),
      // Told as a usage error instead.
      outputError: () => undefined,
      getOutHelpWidth: () => Math.min(terminal.stdout.columns, 120),
      getErrHelpWidth: () => Math.min(terminal.stderr.columns, 120),
      getOutHasColors: () => isColorSupported,
      getErrHasColors: () => isColorSupported,
    })
    .exitOverride((error) => {
      throw isMistake(error) ? mistake(error, program) : error;
    });
  for (const each of commands) addCommand(program, each, { act, bold });
  return program
    .addHelpText(
      'after',
      examplesText(
        commands.filter((each) => !('hidden' in each)).map(({ examples }) => examples[0]),
        bold,
      ),
    )
    .addHelpText('afterAll', `\n${exitCodeHelp(bold)}`);
}

function exitCodeHelp(bold: (text: string) => string): string {
  return [
    bold('Exit codes:'),
    ...exitCodeMeanings.map(([code, meaning]) => `  ${String(code).padEnd(4)} ${meaning}`),
  ].join('\n');
}

async function finish(said: { out: string; err: string }, terminal: Terminal): Promise<number> {
  await terminal.stdout.write(said.out);
  await terminal.stderr.write(said.err);
  // Help that nobody asked for: the command is missing, or unknown.
  return said.err === '' ? exitCodes.ok : exitCodes.usage;
}

function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).includes('--json');
}
