import type { CliCommand } from '../command.js';
import type { ServicesRequest } from '../services/list-services.js';
import { appOption, jsonOption } from './options.js';

export const services: CliCommand = {
  name: 'services',
  summary: 'list the services that are running',
  examples: [
    'skerry services',
    'skerry services --watch',
    'skerry services --app dist/app.module.js',
    "skerry services --json | jq -r '.[].name'",
    `skerry services --watch --json | jq -c 'select(.change == "left")'`,
  ],
  declare(command, act) {
    command
      .description('Lists the services that the registry knows, with their versions, nodes and handlers.')
      .option(
        '--watch',
        'go on until Ctrl-C: a table that is kept up to date, or where that is piped one line for each node that comes (+), goes (-) or ' +
          'is another (~)',
      )
      .option('--all', 'also those of Skerry itself, such as the inboxes that events go through')
      .addOption(appOption())
      .addOption(jsonOption('the list, or with --watch each change,'))
      .action(({ watch = false, ...options }: ServicesRequest & { watch?: boolean }) =>
        act(async (terminal) => {
          if (watch) return (await import('../services/watch-services.js')).watchAllServices(options, terminal);
          return (await import('../services/list-services.js')).listServices(options, terminal);
        }),
      );
  },
};
