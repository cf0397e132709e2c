import type { CliCommand } from '../command.js';
import type { HealthWatchRequest } from '../health/watch-health.js';
import { appOption, jsonOption, milliseconds } from './options.js';

type Options = Omit<HealthWatchRequest, 'service'> & { readonly watch?: boolean };

export const health: CliCommand = {
  name: 'health',
  summary: 'ask the nodes of services how they are',
  examples: [
    'skerry health',
    'skerry health greeter --timeout 500',
    'skerry health --watch',
    "skerry health --json | jq -r '.[] | select(.well | not) | .node'",
    "skerry health --watch --json | jq -c 'select(.well | not)'",
  ],
  declare(command, act) {
    command
      .description(
        'Asks each node how it is. One whose application has http: { health: true } tells its state and its checks; of any other it is ' +
          'seen whether it answers (up). One that does not is unreachable. Exits with 1 when a node is not well: neither ready nor up.',
      )
      .argument('[service]', 'only the nodes of this one (default: of all)')
      .option('--timeout <ms>', 'how long each node may take', milliseconds(1), 2_000)
      .option(
        '--watch',
        'go on until Ctrl-C: a table that is kept up to date, or where that is piped one line for each node that comes (+), goes (-) or ' +
          'is otherwise than before (~)',
      )
      .option('--interval <ms>', 'with --watch: how long to wait before all are asked again', milliseconds(10), 2_000)
      .addOption(appOption())
      .addOption(jsonOption('all of it, or with --watch each change,'))
      .action((service: string | undefined, { watch, ...options }: Options) =>
        act(async (terminal) => {
          if (watch) return (await import('../health/watch-health.js')).watchHealth({ service, ...options }, terminal);
          const { showHealth } = await import('../health/show-health.js');
          return showHealth({ service, ...options }, terminal);
        }),
      );
  },
};
