import { InvalidArgumentError } from 'commander';
import type { CliCommand } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import type { FleetRequest } from '../fleet/fleet.js';
import { parseMessage } from '../messages/message-input.js';
import { coloursFor } from '../terminal/colours.js';
import { compactJson } from '../terminal/json-text.js';
import { printableLine } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';
import { brokerAppOption, jsonOption, milliseconds } from './options.js';

export interface PublishRequest extends FleetRequest {
  readonly topic: string;
  /** JSON; `-` reads it from standard input. Absent for `null`. */
  readonly message?: string | undefined;
  readonly key?: string;
  /** In ms. */
  readonly delay?: number;
  readonly header?: Readonly<Record<string, string>>;
  readonly id?: string;
  readonly mandatory?: boolean;
}

export const publish: CliCommand = {
  name: 'publish',
  summary: 'publish a message to a topic',
  examples: [
    `skerry publish orders.placed '{"id":"A1"}' --app dist/app.module.js`,
    `skerry publish orders.placed '{"id":"A1"}' --key A1 --header source=manual --delay 60000`,
    `jq '.[0]' orders.json | skerry publish orders.placed - --mandatory`,
  ],
  declare(command, act) {
    command
      .description('Publishes a message with the broker of an application, and waits until the broker has taken it.')
      .argument('<topic>', "words separated by '.': orders.placed")
      .argument('[json]', "the message, in quotes for the shell; '-' reads it from standard input (default: null)")
      .option('--key <key>', 'messages with the same key keep their order, where a subscription asks for it')
      .option('--delay <ms>', 'how long nobody shall get it', milliseconds(0))
      .option('--header <name=value>', 'reaches its subscribers; lower-case names; may stand several times', header)
      .option('--id <id>', 'its id; subscribers that deduplicate take each id once (default: a new one)')
      .option('--mandatory', 'fail when nobody has ever subscribed to the topic')
      .addOption(brokerAppOption())
      .addOption(jsonOption('what was published'))
      .action((topic: string, message: string | undefined, options: Omit<PublishRequest, 'topic' | 'message'>) =>
        act((terminal) => publishMessage({ topic, message, ...options }, terminal)),
      );
  },
};

async function publishMessage(request: PublishRequest, terminal: Terminal): Promise<number> {
  const { topic, key, delay: delayMs, header: headers, mandatory, json = false } = request;
  const { stdout, stderr, env, signal } = terminal;
  const { message: given } = request;
  const written = given === undefined || given === '-' ? null : parseMessage(given, 'skerry publish');
  const { withBroker } = await import('../messages/with-broker.js');
  return withBroker(request, terminal, 'skerry publish', async ({ app, core, broker }) => {
    const message = given === '-' ? parseMessage(await terminal.readStdin(), 'skerry publish') : written;
    const id = request.id ?? app.get(core.Clock).randomHex(16);
    await broker.publish(topic, message, {
      ...{ messageId: id, signal },
      ...(key === undefined ? {} : { key }),
      ...(delayMs === undefined ? {} : { delayMs }),
      ...(headers === undefined ? {} : { headers }),
      ...(mandatory === undefined ? {} : { mandatory }),
    });
    const unrouted = broker.stats.unrouted > 0;
    const colours = coloursFor(stdout, env);
    if (json || !stdout.isTTY) {
      const told = { topic, id, engine: broker.engine, ...(broker.capabilities.mandatory ? { unrouted } : {}) };
      await stdout.write(`${compactJson(told)}\n`);
    } else {
      const when = delayMs ? `, to be delivered in ${delayMs} ms` : '';
      const line = `${colours.green('published')} ${printableLine(topic)}  ${colours.dim(printableLine(id))}`;
      await stdout.write(`${line}  with the ${broker.engine} broker${when}\n`);
    }
    if (broker.capabilities.durable === 'none' && !json) {
      const what = `The ${broker.engine} broker keeps messages in the process that publishes them: what was not delivered by now is lost.`;
      await stderr.write(`${what}\n`);
    }
    if (unrouted && !json) {
      await stderr.write(
        'It reached no queue: nobody has subscribed to this topic. With --mandatory that is an error.\n',
      );
    }
    return exitCodes.ok;
  });
}

function header(text: string, others: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const sign = text.indexOf('=');
  if (sign <= 0) throw new InvalidArgumentError('Write it as name=value: --header source=manual.');
  return { ...others, [text.slice(0, sign)]: text.slice(sign + 1) };
}
