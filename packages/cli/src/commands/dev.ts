import { InvalidArgumentError } from 'commander';
import type { CliCommand } from '../command.js';
import type { DevRequest } from '../dev/run-dev.js';
import type { Terminal } from '../terminal/terminal.js';

const firstInspectorPort = 9229;

export const dev: CliCommand = {
  name: 'dev',
  summary: 'run all services of the workspace, and again with each save',
  examples: ['skerry dev', 'skerry dev greeter reception', 'skerry dev --inspect', 'skerry dev --json'],
  declare(command, act) {
    command
      .description(
        'Runs the applications of the workspace from their TypeScript sources, each as a process of its own, in one log. A save ' +
          'restarts those that have loaded the file: they finish the calls that they have, and are killed after 5 seconds. What ' +
          'crashes waits for the next save. In the directory of an application it runs that one. Variables come from .env of the ' +
          'application, then of the workspace. Ctrl-C stops all in order, and a second one at once; q does so with exit code 0.',
      )
      .argument('[apps...]', 'names or directories of applications (default: all)')
      .option(
        '--inspect [port]',
        `let a debugger attach: the first at this port, the others at those that follow (default: ${firstInspectorPort})`,
        port,
      )
      .option('--json', 'print each event and each line of the log as one line of JSON')
      .action((apps: readonly string[], { inspect, ...options }: { inspect?: number | true; json?: boolean }) =>
        act((terminal) =>
          runDevelopment({ apps, inspect: inspect === true ? firstInspectorPort : inspect, ...options }, terminal),
        ),
      );
  },
};

async function runDevelopment(request: DevRequest, terminal: Terminal): Promise<number> {
  const { runDev } = await import('../dev/run-dev.js');
  return runDev(request, terminal);
}

function port(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
  throw new InvalidArgumentError('Give a port, 1 to 65535: 9229.');
}
