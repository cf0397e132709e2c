import type { CallOptions, EndpointRecord, SkerryError } from '@skerry/core';
import type { CliCommand } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import type { FleetRequest } from '../fleet/fleet.js';
import { MessageLines, parseMessage } from '../messages/message-input.js';
import { callLine } from '../schema/call-line.js';
import { coloursFor } from '../terminal/colours.js';
import { reportError } from '../terminal/error-report.js';
import { compactJson, prettyJson } from '../terminal/json-text.js';
import { interruptedBy, type Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import { appOption, jsonOption, milliseconds } from './options.js';

export interface CallRequest extends FleetRequest {
  /** `greeter.hello`. */
  readonly target: string;
  /** JSON; `-` reads it from standard input. Absent for a handler that takes no message. */
  readonly message?: string | undefined;
  /** How long the call may take, in ms. Default 5,000; none while messages come from standard input. */
  readonly timeout?: number;
  /** How long to wait for a service that nobody knows, in ms. */
  readonly wait: number;
}

export const call: CliCommand = {
  name: 'call',
  summary: 'call a handler of a service',
  examples: [
    `skerry call greeter.hello '{"name":"Ada"}'`,
    `skerry call greeter.countdown '{"from":5}' --timeout 10000`,
    `echo '{"name":"Ada"}' | skerry call greeter.hello -`,
    `printf '{"value":1}\\n{"value":2}\\n' | skerry call math.sum -`,
    `skerry call greeter.hello '{"name":"Ada"}' --app dist/app.module.js | jq .message`,
  ],
  declare(command, act) {
    command
      .description(
        'Calls a handler and prints its reply; of a stream each item, as it arrives. A handler that takes a stream is sent ' +
          'one message for each line of standard input, as fast as it takes them. Ctrl-C cancels the call.',
      )
      .argument('<service.handler>', 'what to call')
      .argument('[json]', "the message, in quotes for the shell; '-' reads it from standard input")
      .option(
        '--timeout <ms>',
        'how long the whole call, or stream, may take (default: 5000; without end where a stream is sent from standard input)',
        milliseconds(1),
      )
      .option('--wait <ms>', 'how long to wait for a service that is not running yet', milliseconds(0), 500)
      .addOption(appOption())
      .addOption(jsonOption('each reply'))
      .action((target: string, message: string | undefined, options: Omit<CallRequest, 'target' | 'message'>) =>
        act((terminal) => callHandler({ target, message, ...options }, terminal)),
      );
  },
};

/** Calls a handler as any other service would: found in the registry, with all that a client does. */
async function callHandler(request: CallRequest, terminal: Terminal): Promise<number> {
  const { service, handler } = parseTarget(request.target);
  const { signal } = terminal;
  try {
    // Before anything is looked for: a slip of the hand is told at once.
    const { message: text } = request;
    const written = text === undefined || text === '-' ? undefined : parseMessage(text, 'skerry call');
    const { withFleet } = await import('../fleet/fleet.js');
    const { findNodes } = await import('../registry/find-nodes.js');
    return await withFleet(request, terminal, async (fleet) => {
      const nodes = await findNodes(fleet, service, `call ${service}.${handler}`, { waitMs: request.wait, signal });
      const endpoint = nodes.flatMap(({ endpoints }) => endpoints).find(({ name }) => name === handler);
      const method = (fleet.app.client<unknown>(service) as Callable)[handler];
      if (!method) throw new UsageError(`skerry call: no client can call a handler that is named '${handler}'.`);
      const message = takesStream(endpoint)
        ? messagesOf(text, written, service, endpoint, terminal)
        : text === '-'
          ? parseMessage(await terminal.readStdin(), 'skerry call')
          : written;
      const input = message instanceof MessageLines ? message : undefined;
      try {
        await printReplies(method(message, { ...patience(request, input), signal }), endpoint, request, terminal);
        return exitCodes.ok;
      } catch (error) {
        if (signal.aborted) throw error;
        if (input?.failure) throw input.failure;
        const refused = (error as Partial<SkerryError>).code === 'SKERRY_VALIDATION_FAILED';
        const hints = refused && endpoint ? [['try', callLine(service, endpoint)] as const] : [];
        return await reportError(error, terminal, { json: request.json === true, hints });
      }
    });
  } catch (error) {
    if (signal.aborted) return interruptedBy(signal);
    throw error;
  }
}

/** What a call returns: awaited or iterated, as the handler answers once or many times. */
type Replies = PromiseLike<unknown> & AsyncIterable<unknown>;

/** A client without its class: any name may be called, but for the few that promises and the like have. */
type Callable = Readonly<Record<string, ((message: unknown, options: CallOptions) => Replies) | undefined>>;

/** A service's name may have dots, a handler's has none. */
function parseTarget(target: string): { service: string; handler: string } {
  const dot = target.lastIndexOf('.');
  const service = target.slice(0, Math.max(dot, 0));
  const handler = target.slice(dot + 1);
  if (service !== '' && handler !== '') return { service, handler };
  const name = service || handler;
  throw new UsageError(
    `skerry call: '${target}' is not the name of a handler; write <service>.<handler>.`,
    dot < 0 && name ? `write skerry call ${name}.<handler>; skerry describe ${name} lists its handlers` : undefined,
  );
}

function takesStream(endpoint: EndpointRecord | undefined): endpoint is EndpointRecord {
  return endpoint?.kind === 'client-stream' || endpoint?.kind === 'bidirectional';
}

/** For a handler that takes many: those of standard input, or the only one, which the command line says. */
function messagesOf(
  text: string | undefined,
  written: unknown,
  service: string,
  endpoint: EndpointRecord,
  terminal: Terminal,
): MessageLines | readonly unknown[] {
  if (text === '-') return new MessageLines(terminal.readLines());
  if (text !== undefined) return [written];
  throw new UsageError(
    `skerry call: ${service}.${endpoint.name} takes a stream of messages, and was given none.`,
    `write one message for each line of standard input: ${callLine(service, endpoint)}`,
  );
}

// The longest that a call takes: whoever writes the input decides when it ends. Peers that die are noticed all the same.
const endlessMs = 2 ** 31 - 1;

function patience({ timeout }: CallRequest, input: MessageLines | undefined): CallOptions {
  if (timeout !== undefined || !input) return { timeoutMs: timeout ?? 5_000 };
  return { idleTimeoutMs: endlessMs };
}

async function printReplies(
  replies: Replies,
  endpoint: EndpointRecord | undefined,
  { json = false }: CallRequest,
  { stdout, env }: Terminal,
): Promise<void> {
  const forPeople = stdout.isTTY && !json;
  const colours = coloursFor(stdout, env);
  const print = (value: unknown, columns: number): Promise<void> =>
    stdout.write(`${forPeople ? prettyJson(value, colours, columns) : compactJson(value)}\n`);
  if (endpoint?.kind === 'server-stream' || endpoint?.kind === 'bidirectional') {
    for await (const item of replies) await print(item, stdout.columns);
  } else {
    await print(await replies, 0);
  }
}
