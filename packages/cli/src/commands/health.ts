import type { CliCommand } from '../command.js';
import type { HealthRequest } from '../health/show-health.js';
import { appOption, jsonOption, milliseconds } from './options.js';

export const health: CliCommand = {
  name: 'health',
  summary: 'ask the nodes of services how they are',
  examples: [
    'skerry health',
    'skerry health greeter --timeout 500',
    "skerry health --json | jq -r '.[] | select(.well | not) | .node'",
  ],
  declare(command, act) {
    command
      .description(
        'Asks each node how it is. One whose application has http: { health: true } tells its state and its checks; of any other it is ' +
          'seen whether it answers (up). One that does not is unreachable. Exits with 1 when a node is not well: neither ready nor up.',
      )
      .argument('[service]', 'only the nodes of this one (default: of all)')
      .option('--timeout <ms>', 'how long each node may take', milliseconds(1), 2_000)
      .addOption(appOption())
      .addOption(jsonOption('all of it'))
      .action((service: string | undefined, options: Omit<HealthRequest, 'service'>) =>
        act(async (terminal) => {
          const { showHealth } = await import('../health/show-health.js');
          return showHealth({ service, ...options }, terminal);
        }),
      );
  },
};
