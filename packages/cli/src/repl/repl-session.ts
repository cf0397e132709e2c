import { callLine } from '../schema/call-line.js';
import { handlerCalls, takesMany } from '../calls/handler-calls.js';
import { printReplies, printReply } from '../calls/print-replies.js';
import { parseTarget } from '../calls/target.js';
import { serviceText } from '../commands/describe.js';
import type { Fleet } from '../fleet/fleet.js';
import { allNodes } from '../registry/all-nodes.js';
import { findNodes } from '../registry/find-nodes.js';
import { nothingFound } from '../services/list-services.js';
import { summaries, summaryTable } from '../services/service-summary.js';
import { coloursFor } from '../terminal/colours.js';
import { labelled } from '../terminal/rows.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import { LastResult } from './last-result.js';
import { parseLine, readMessage } from './repl-line.js';

export interface ReplOptions {
  readonly json: boolean;
  /** How long each call, or stream, may take, in ms. Default: 5,000 for a call; a stream goes on while anything comes. */
  readonly timeoutMs?: number;
}

/** What a session understands beside calls, with what each does. */
export const replCommands: readonly (readonly [name: string, meaning: string])[] = [
  ['.services', 'list the services that are running'],
  ['.describe', 'show the nodes and handlers of a service: .describe greeter'],
  ['.help', 'print this'],
  ['.exit', 'end the session, as Ctrl-D does'],
];

/** Understands the lines of a session, one after the other. */
export class ReplSession {
  /** What `_` is. */
  readonly last = new LastResult();

  constructor(
    private readonly fleet: Fleet,
    private readonly terminal: Terminal,
    private readonly options: ReplOptions,
  ) {}

  /**
   * Does what a line says, and prints what comes of it. Rejects with what goes wrong.
   *
   * @param signal Ends a call that is under way.
   * @returns Whether the session goes on.
   */
  async run(line: string, signal: AbortSignal): Promise<boolean> {
    const read = parseLine(line);
    if (read.kind === 'last') await this.show(read.written);
    if (read.kind === 'call') await this.call(read.target, read.text, signal);
    if (read.kind !== 'command') return true;
    switch (read.name) {
      case '.exit':
        return false;
      case '.help':
        await this.print(help);
        return true;
      case '.services':
        await this.listServices();
        return true;
      case '.describe':
        await this.describe(read.argument);
        return true;
      default: {
        const known = replCommands.map(([name]) => name).join(', ');
        throw new UsageError(`'${read.name}' is no command of a session.`, `write one of ${known}`);
      }
    }
  }

  private async call(written: string, text: string, signal: AbortSignal): Promise<void> {
    const { fleet, terminal } = this;
    const { json, timeoutMs } = this.options;
    const target = parseTarget(written, 'skerry repl');
    const what = `call ${target.service}.${target.handler}`;
    const nodes = await findNodes(fleet, target.service, what, { waitMs: 0, signal });
    const { method, endpoint } = handlerCalls(fleet, nodes, target, 'skerry repl');
    const message = readMessage(text, endpoint?.request, this.last);
    const many = takesMany(endpoint?.kind);
    if (many && message === undefined) {
      throw new UsageError(
        `${written} takes a stream of messages, and was given none.`,
        `write them as a list: ${written} [...]; or outside of a session ${callLine(target.service, endpoint!)}`,
      );
    }
    const sent = many && !Array.isArray(message) ? [message] : message;
    const replies = method(sent, { signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
    await printReplies(replies, endpoint?.kind, { json, printed: (value) => this.last.keep(value) }, terminal);
  }

  private show(written: string): Promise<void> {
    return printReply(this.last.part(written), { json: this.options.json }, this.terminal);
  }

  private async listServices(): Promise<void> {
    const { registry, nodes } = await allNodes(this.fleet);
    const found = summaries(nodes);
    const { stdout, env } = this.terminal;
    await this.print(
      found.length > 0 ? await summaryTable(found, coloursFor(stdout, env)) : [nothingFound(registry).trimEnd()],
    );
  }

  private async describe(service: string): Promise<void> {
    if (service === '')
      throw new UsageError('.describe needs the name of a service.', 'write it like .describe greeter');
    const nodes = await findNodes(this.fleet, service, `describe ${service}`, { waitMs: 0 });
    const { stdout, env } = this.terminal;
    await this.print(await serviceText(service, nodes, coloursFor(stdout, env)));
  }

  private print(lines: readonly string[]): Promise<void> {
    return this.terminal.stdout.write(`${lines.join('\n')}\n`);
  }
}

const help = [
  'Call a handler with its message as JSON, or field by field:',
  '  greeter.hello {"name":"Ada"}',
  "  greeter.hello name=Ada address.city='New York'",
  '_ is the last result, of a stream its last item; it stands wherever a value does, and by itself is printed again:',
  '  orders.get id=_.orders[0].id',
  '  stock.reserve {"order":_,"note":"_"}',
  'Of a stream each item is printed as it comes; Ctrl-C ends it. The tab key completes what is known.',
  ...labelled(replCommands),
];
