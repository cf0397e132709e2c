import type { CliCommand } from '../command.js';
import type { FleetRequest } from '../fleet/fleet.js';
import type { Terminal } from '../terminal/terminal.js';
import { brokerAppOption, count, jsonOption } from './options.js';

export interface SubscribeRequest extends FleetRequest {
  /** Or a pattern. */
  readonly topic: string;
  /** As `@Subscribe` names it. */
  readonly queue?: string;
  /** The queue is one of `orderBy: 'key'`. */
  readonly ordered?: boolean;
  /** End after so many. Default: never. */
  readonly count?: number;
}

export const subscribe: CliCommand = {
  name: 'subscribe',
  summary: 'print the messages of a topic as they come',
  examples: [
    'skerry subscribe orders.placed --app dist/app.module.js',
    "skerry subscribe 'orders.#' --count 10 | jq .message",
    'skerry subscribe orders.placed --queue stock',
  ],
  declare(command, act) {
    command
      .description(
        'Prints each message that is published from now on, and takes it from nobody, until Ctrl-C: for people with its time, ' +
          'key and headers; one line of JSON for each where that is piped.',
      )
      .argument('<topic>', "or a pattern, where the broker can: '*' is one word, '#' at the end any number of them")
      .option(
        '--queue <queue>',
        'take a share of this queue instead, as one more of its subscribers: what is printed then reaches none of the others; ' +
          'it is made if there is none',
      )
      .option('--ordered', "the queue is one whose subscribers say orderBy: 'key'")
      .option('--count <n>', 'end after so many messages', count)
      .addOption(brokerAppOption())
      .addOption(jsonOption('each message'))
      .action((topic: string, options: Omit<SubscribeRequest, 'topic'>) =>
        act(async (terminal: Terminal) => {
          const { printMessages } = await import('../messages/print-messages.js');
          return printMessages({ topic, ...options }, terminal);
        }),
      );
  },
};
