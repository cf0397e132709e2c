import type { Command } from 'commander';
import type { CallRequest } from '../calls/call-request.js';
import type { Action, CliCommand } from '../command.js';
import { addLoadOptions } from '../load/load-options.js';
import { appOption, jsonOption, milliseconds } from './options.js';

export const call: CliCommand = {
  name: 'call',
  summary: 'call a handler of a service',
  examples: [
    `skerry call greeter.hello '{"name":"Ada"}'`,
    'skerry call greeter.hello @ada.json --timeout 10000',
    `echo '{"name":"Ada"}' | skerry call greeter.hello -`,
    `skerry call greeter.hello '{"name":"Ada"}' --duration 10s --concurrency 8`,
    `skerry call greeter.hello --from names.ndjson --repeat 1000 --rate 50/s --json`,
    `skerry call greeter.hello '{"name":"Ada"}' --app dist/app.module.js | jq .message`,
  ],
  declare(command, act) {
    command.description(
      'Calls a handler and prints its reply; of a stream each item, as it arrives (skerry stream says more). Of several messages, one ' +
        'in each line, each is sent by a call of its own, until one fails. Ctrl-C cancels the call. With --repeat, --duration or --rate ' +
        'it measures many calls instead of printing their replies: messages are taken in turn, those of a stream all by each call.',
    );
    declareCall(command, act, {});
  },
};

export const stream: CliCommand = {
  name: 'stream',
  summary: 'send a stream to a handler, or print one',
  examples: [
    `skerry stream greeter.countdown '{"from":5}'`,
    `printf '{"value":1}\\n{"value":2}\\n' | skerry stream math.sum -`,
    'skerry stream math.double --from numbers.ndjson > doubled.ndjson',
    'tail -f readings.ndjson | skerry stream plant.watch - | jq .alarm',
  ],
  declare(command, act) {
    command.description(
      'Calls a handler that takes or answers a stream: sends one message for each line of JSON, as fast as the handler takes them, and ' +
        'prints each answer in one line, as it comes. What comes from standard input may take as long as it likes; the end of the ' +
        'input ends the stream. Ctrl-C cancels it. The same as skerry call, but for the layout of what is printed.',
    );
    declareCall(command, act, { oneLine: true });
  },
};

function declareCall(command: Command, act: (action: Action) => void, { oneLine = false }): void {
  const name = `skerry ${command.name()}`;
  command
    .argument('<service.handler>', 'what to call')
    .argument('[json]', "the message, in quotes for the shell; '-' reads it from standard input, '@file' from a file")
    .option('--from <file>', "the messages are in this file, one in each line; '-' is standard input")
    .option(
      '--timeout <ms>',
      'how long the whole call, or stream, may take (default: 5000; without end where a stream is sent from standard input)',
      milliseconds(1),
    )
    .option('--wait <ms>', 'how long to wait for a service that is not running yet', milliseconds(0), 500)
    .addOption(appOption());
  addLoadOptions(command, 'calls')
    .addOption(jsonOption('each reply, or what was measured,'))
    .action(
      (target: string, message: string | undefined, options: Omit<CallRequest, 'command' | 'target' | 'message'>) =>
        act(async (terminal) => {
          const { callHandler } = await import('../calls/call-handler.js');
          return callHandler({ command: name, target, message, oneLine, ...options }, terminal);
        }),
    );
}
