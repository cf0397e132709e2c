import type { DeadLetter, SkerryError } from '@skerry/core';
import { exitCodes } from '../exit-codes.js';
import type { FleetRequest } from '../fleet/fleet.js';
import { ageText } from '../messages/ages.js';
import { contentText, indented, viewOf } from '../messages/message-view.js';
import { withBroker, type MessageFleet } from '../messages/with-broker.js';
import { coloursFor } from '../terminal/colours.js';
import { compactJson } from '../terminal/json-text.js';
import { printableLine } from '../terminal/printable.js';
import { labelled } from '../terminal/rows.js';
import { table } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';

export interface ShowRequest extends FleetRequest {
  readonly queue: string;
  /** At most so many. */
  readonly limit: number;
}

// More than anybody keeps who looks for one by hand.
const searched = 100_000;

/** Prints why the dead letters of a queue could not be handled, one line for each. */
export function showLetters(request: ShowRequest, terminal: Terminal): Promise<number> {
  const { queue, limit, json = false } = request;
  const { stdout, stderr, env } = terminal;
  return withBroker(request, terminal, 'skerry dlq show', async (fleet) => {
    const { broker, app, core } = fleet;
    const letters = await broker.deadLetters(queue, limit);
    if (json) {
      await stdout.write(`${compactJson(letters.map((letter) => asJson(letter, fleet)))}\n`);
    } else if (letters.length === 0) {
      await stdout.write(`${await nothingIn(queue, fleet)}\n`);
    } else {
      const now = app.get(core.Clock).wallTime();
      const rows = letters.map(({ id, failure }) => [
        ...[id, ageText(now - failure.failedAt), `${failure.attempt}`, failure.code],
        ...[failure.service, failure.node, shortened(failure.message)],
      ]);
      const head = ['ID', 'AGE', 'ATTEMPTS', 'CODE', 'SERVICE', 'NODE', 'MESSAGE'];
      const lines = await table(rows, { colours: coloursFor(stdout, env), head });
      await stdout.write(`${lines.join('\n')}\n`);
    }
    if (letters.length === limit && !json) {
      await stderr.write(`These are the oldest ${limit}; there may be more: --limit ${limit * 10} shows them.\n`);
    }
    return exitCodes.ok;
  });
}

/** Prints all that is known of one dead letter. */
export function showLetter(request: ShowRequest & { readonly id: string }, terminal: Terminal): Promise<number> {
  const { queue, id } = request;
  const { stdout, env } = terminal;
  return withBroker(request, terminal, 'skerry dlq show', async (fleet) => {
    const letter = (await fleet.broker.deadLetters(queue, searched)).find((each) => each.id === id);
    if (!letter) throw noLetter(queue, id, fleet);
    if (request.json) {
      await stdout.write(`${compactJson(asJson(letter, fleet))}\n`);
      return exitCodes.ok;
    }
    const { bold, red } = coloursFor(stdout, env);
    const { app, core } = fleet;
    const view = viewOf(letter.message, app.get(core.Codecs));
    const { code, message, service, node, attempt, failedAt } = letter.failure;
    const age = ageText(app.get(core.Clock).wallTime() - failedAt);
    const rows = [
      ['service', service],
      ['node', node],
      ['failed', `${new Date(failedAt).toISOString()}, ${age} ago, attempt ${attempt}`],
      ['topic', view.topic],
      ['message', view.id],
      ...(view.key === undefined ? [] : [['key', view.key]]),
      ...Object.entries(view.headers ?? {}).map(([name, value]) => ['header', `${name}: ${value}`]),
      ['published', view.publishedAt],
    ].map(([label = '', text = '']) => [label, printableLine(text)] as const);
    const head = `${bold(red(printableLine(code)))}  ${printableLine(message)}`;
    await stdout.write(`${[head, ...labelled(rows), '', indented(contentText(view, terminal))].join('\n')}\n`);
    return exitCodes.ok;
  });
}

/** Rejects where nothing has the id; what is there can be seen by whoever reads it. */
export function noLetter(queue: string, id: string, { core }: MessageFleet): SkerryError {
  return new core.SkerryError(
    'SKERRY_CLI_NO_DEAD_LETTER',
    `Cannot find the dead letter ${id}: ${queue} has none with this id. Somebody may have taken it; skerry dlq show ${queue} lists what is there.`,
    { details: { queue, id } },
  );
}

/** That a queue has none, and which have. */
export async function nothingIn(queue: string, { broker, core }: MessageFleet): Promise<string> {
  const others = (await broker.deadLetterQueues()).map((each) => each.queue);
  const near = core.nearest(queue, others);
  const hint =
    near.length > 0
      ? ` Did you mean ${near.join(' or ')}?`
      : others.length > 0
        ? ` ${others.join(', ')} have some.`
        : '';
  return `${queue} has no dead letters.${hint}`;
}

function asJson({ id, message, failure }: DeadLetter, { app, core }: MessageFleet): unknown {
  const { id: messageId, ...view } = viewOf(message, app.get(core.Codecs));
  return { id, failure: { ...failure, failedAt: new Date(failure.failedAt).toISOString() }, messageId, ...view };
}

const longestShown = 80;

/** For a line among others; the one dead letter is shown whole. */
function shortened(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length <= longestShown ? line : `${line.slice(0, longestShown - 1)}…`;
}
