import type { CliCommand, CommandGroup } from '../command.js';
import type { FleetRequest } from '../fleet/fleet.js';
import type { TakeRequest } from '../dead-letters/take.js';
import { brokerAppOption, count, jsonOption } from './options.js';

const queueText = 'its queue, as skerry dlq list shows it';

const list: CliCommand = {
  name: 'list',
  summary: 'list the queues that have dead letters',
  examples: ['skerry dlq list --app dist/app.module.js', "skerry dlq list --json | jq -r '.[].queue'"],
  declare(command, act) {
    command
      .description(
        'Lists the queues that have dead letters: messages that nobody could handle and that were kept aside.',
      )
      .addOption(brokerAppOption())
      .addOption(jsonOption('the list'))
      .action((options: FleetRequest) =>
        act(async (terminal) => (await import('../dead-letters/list.js')).listQueues(options, terminal)),
      );
  },
};

const show: CliCommand = {
  name: 'show',
  summary: 'show the dead letters of a queue, or one of them in full',
  examples: [
    'skerry dlq show stock.orders.placed --app dist/app.module.js',
    'skerry dlq show stock.orders.placed 3f0c --json | jq .message',
  ],
  declare(command, act) {
    command
      .description(
        'Shows why the dead letters of a queue could not be handled, where, and how long ago, the oldest first; of one also ' +
          'what it says. They stay where they are.',
      )
      .argument('<queue>', queueText)
      .argument('[id]', 'of one dead letter')
      .option('--limit <n>', 'at most so many, of the oldest', count, 100)
      .addOption(brokerAppOption())
      .addOption(jsonOption('all of it, messages included,'))
      .action((queue: string, id: string | undefined, options: FleetRequest & { limit: number }) =>
        act(async (terminal) => {
          const { showLetter, showLetters } = await import('../dead-letters/show.js');
          return id === undefined
            ? showLetters({ queue, ...options }, terminal)
            : showLetter({ queue, id, ...options }, terminal);
        }),
      );
  },
};

const retry = taking(
  'retry',
  'put dead letters back into their queue',
  'Puts dead letters back into their queue, where each is a first delivery again. Mend first what they failed by.',
);

const drop = taking('drop', 'delete dead letters', 'Deletes dead letters, for good.');

function taking(action: 'retry' | 'drop', summary: string, description: string): CliCommand {
  return {
    name: action,
    summary,
    examples: [
      `skerry dlq ${action} stock.orders.placed 3f0c --app dist/app.module.js`,
      `skerry dlq ${action} stock.orders.placed --all`,
    ],
    declare(command, act) {
      command
        .description(description)
        .argument('<queue>', queueText)
        .argument('[id]', 'of one dead letter, as skerry dlq show shows it')
        .option('--all', 'all that the queue has now; on a terminal you are asked first')
        .option('--yes', 'do not ask')
        .addOption(brokerAppOption())
        .addOption(jsonOption('what was done'))
        .action((queue: string, id: string | undefined, options: Omit<TakeRequest, 'action' | 'queue' | 'id'>) =>
          act(async (terminal) => {
            const { takeLetters } = await import('../dead-letters/take.js');
            return takeLetters({ action, queue, id, ...options }, terminal);
          }),
        );
    },
  };
}

export const dlq: CommandGroup = {
  name: 'dlq',
  summary: 'show, retry or drop messages that nobody could handle',
  examples: [
    'skerry dlq list --app dist/app.module.js',
    'skerry dlq show stock.orders.placed',
    'skerry dlq retry stock.orders.placed --all',
  ],
  commands: [list, show, retry, drop],
};
