import { InvalidArgumentError } from 'commander';
import type { CliCommand } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import type { FleetRequest } from '../fleet/fleet.js';
import { addLoadOptions, loadPlan, type LoadRequest } from '../load/load-options.js';
import type { MessageFleet } from '../messages/with-broker.js';
import { MessageSource } from '../messages/message-source.js';
import { coloursFor } from '../terminal/colours.js';
import { compactJson } from '../terminal/json-text.js';
import { printableLine } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import { brokerAppOption, jsonOption, milliseconds } from './options.js';

export interface PublishRequest extends FleetRequest, LoadRequest {
  readonly topic: string;
  /** JSON; `-` reads it from standard input, `@file` from a file. Absent for `null`. */
  readonly message?: string | undefined;
  /** A file with messages; `-` is standard input. */
  readonly from?: string;
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
    `jq -c '.[]' orders.json | skerry publish orders.placed - --mandatory`,
    `skerry publish orders.placed @orders.ndjson --rate 100/s --duration 1m --json`,
  ],
  declare(command, act) {
    command
      .description(
        'Publishes a message with the broker of an application, and waits until the broker has taken it; of several, one in each line, one ' +
          'after the other. With --repeat, --duration or --rate it measures how long that takes: messages are taken in turn.',
      )
      .argument('<topic>', "words separated by '.': orders.placed")
      .argument(
        '[json]',
        "the message, in quotes for the shell; '-' reads it from standard input, '@file' from a file (default: null)",
      )
      .option('--from <file>', "the messages are in this file, one in each line; '-' is standard input")
      .option('--key <key>', 'messages with the same key keep their order, where a subscription asks for it')
      .option('--delay <ms>', 'how long nobody shall get it', milliseconds(0))
      .option('--header <name=value>', 'reaches its subscribers; lower-case names; may stand several times', header)
      .option('--id <id>', 'its id; subscribers that deduplicate take each id once (default: a new one)')
      .option('--mandatory', 'fail when nobody has ever subscribed to the topic')
      .addOption(brokerAppOption());
    addLoadOptions(command, 'messages')
      .addOption(jsonOption('what was published, or measured,'))
      .action((topic: string, message: string | undefined, options: Omit<PublishRequest, 'topic' | 'message'>) =>
        act((terminal) => publishMessage({ topic, message, ...options }, terminal)),
      );
  },
};

async function publishMessage(request: PublishRequest, terminal: Terminal): Promise<number> {
  const { topic, json = false } = request;
  const source = MessageSource.of(request.message, request.from, 'skerry publish');
  const plan = loadPlan(request, 'skerry publish');
  if (plan && request.id !== undefined) throw oneId();
  const { withBroker } = await import('../messages/with-broker.js');
  return withBroker(request, terminal, 'skerry publish', async (fleet) => {
    const given = await source.all(terminal);
    const messages = given.length === 0 ? [null] : given;
    if (messages.length > 1 && request.id !== undefined) throw oneId();
    if (plan) {
      const { loadTest } = await import('../load/load-test.js');
      const subject = { name: topic, unit: 'messages' };
      return loadTest(
        subject,
        plan,
        (index) => publishOne(messages[index % messages.length], request, fleet, terminal),
        {
          ...{ terminal, clock: fleet.clock, json },
        },
      );
    }
    for (const message of messages) {
      await tellPublished(await publishOne(message, request, fleet, terminal), request, fleet, terminal);
    }
    return exitCodes.ok;
  });
}

interface Published {
  readonly id: string;
  /** It reached no queue. */
  readonly unrouted: boolean;
}

async function publishOne(
  message: unknown,
  { topic, key, delay: delayMs, header: headers, mandatory, id: wanted }: PublishRequest,
  { broker, clock }: MessageFleet,
  { signal }: Terminal,
): Promise<Published> {
  const id = wanted ?? clock.randomHex(16);
  const before = broker.stats.unrouted;
  await broker.publish(topic, message, {
    ...{ messageId: id, signal },
    ...(key === undefined ? {} : { key }),
    ...(delayMs === undefined ? {} : { delayMs }),
    ...(headers === undefined ? {} : { headers }),
    ...(mandatory === undefined ? {} : { mandatory }),
  });
  return { id, unrouted: broker.stats.unrouted > before };
}

async function tellPublished(
  { id, unrouted }: Published,
  { topic, delay: delayMs, json = false }: PublishRequest,
  { broker }: MessageFleet,
  { stdout, stderr, env }: Terminal,
): Promise<void> {
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
}

function oneId(): UsageError {
  return new UsageError('skerry publish: --id is for one message.', 'leave it out: each message gets an id of its own');
}

function header(text: string, others: Readonly<Record<string, string>> | undefined): Readonly<Record<string, string>> {
  const sign = text.indexOf('=');
  if (sign <= 0) throw new InvalidArgumentError('Write it as name=value: --header source=manual.');
  return { ...others, [text.slice(0, sign)]: text.slice(sign + 1) };
}
