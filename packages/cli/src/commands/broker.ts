import type { CliCommand, CommandGroup } from '../command.js';
import type { FleetRequest } from '../fleet/fleet.js';
import { appOption, jsonOption } from './options.js';

const capabilities: CliCommand = {
  name: 'capabilities',
  summary: 'show what the engines of the broker can do',
  examples: ['skerry broker capabilities', 'skerry broker capabilities --app dist/app.module.js'],
  declare(command, act) {
    command
      .description(
        'Shows which engine of the broker can do what. With an application, also which one it uses, as that is set up.',
      )
      .addOption(appOption())
      .addOption(jsonOption('the matrix'))
      .action((options: FleetRequest) =>
        act(async (terminal) => {
          const { showCapabilities } = await import('../messages/capabilities.js');
          return showCapabilities(options, terminal);
        }),
      );
  },
};

export const broker: CommandGroup = {
  name: 'broker',
  summary: 'show what brokers can do',
  examples: capabilities.examples,
  commands: [capabilities],
};
