import { exitCodes } from '../exit-codes.js';
import type { FleetRequest } from '../fleet/fleet.js';
import { withBroker, type MessageFleet } from '../messages/with-broker.js';
import { confirmed } from '../terminal/confirm.js';
import { compactJson } from '../terminal/json-text.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import { noLetter, nothingIn } from './show.js';

export interface TakeRequest extends FleetRequest {
  readonly action: 'retry' | 'drop';
  readonly queue: string;
  readonly id?: string | undefined;
  readonly all?: boolean;
  /** Without asking. */
  readonly yes?: boolean;
}

// As many as are held in memory at once.
const pageSize = 500;

/** Puts back or deletes one dead letter, or all that there are when it begins. */
export function takeLetters(request: TakeRequest, terminal: Terminal): Promise<number> {
  const { action, id, all = false, queue } = request;
  const command = `skerry dlq ${action}`;
  if ((id === undefined) !== all) {
    const what = all ? 'an id and --all are both given' : 'which dead letter is meant';
    throw new UsageError(
      `${command}: ${what}${all ? '' : '?'}`,
      `give one id, or --all: ${command} ${queue} --all; skerry dlq show ${queue} lists the ids`,
    );
  }
  return withBroker(request, terminal, command, (fleet) =>
    id === undefined ? takeAll(request, fleet, terminal) : takeOne(request, id, fleet, terminal),
  );
}

async function takeOne(request: TakeRequest, id: string, fleet: MessageFleet, terminal: Terminal): Promise<number> {
  const { action, queue } = request;
  if (!(await fleet.broker.takeDeadLetter(queue, id, action))) throw noLetter(queue, id, fleet);
  await report(request, 1, terminal);
  return exitCodes.ok;
}

async function takeAll(request: TakeRequest, fleet: MessageFleet, terminal: Terminal): Promise<number> {
  const { action, queue, json = false } = request;
  const { stdout, stderr, signal } = terminal;
  const count = (await fleet.broker.deadLetterQueues()).find((each) => each.queue === queue)?.count ?? 0;
  if (count === 0) {
    if (json) await report(request, 0, terminal);
    else await stdout.write(`${await nothingIn(queue, fleet)}\n`);
    return exitCodes.ok;
  }
  if (terminal.interactive && !request.yes && !(await confirmed(question(request, count), terminal))) {
    await stderr.write('Nothing was done.\n');
    return exitCodes.failed;
  }
  let taken = 0;
  try {
    for await (const id of idsOf(queue, count, fleet)) {
      signal.throwIfAborted();
      if (await fleet.broker.takeDeadLetter(queue, id, action)) taken++;
    }
  } catch (error) {
    await stderr.write(`${taken} of ${count} were ${done(action)} before it ended.\n`);
    throw error;
  }
  await report(request, taken, terminal);
  return exitCodes.ok;
}

/** Of the oldest `count`: what fails again meanwhile comes behind them, and is not taken again. */
async function* idsOf(queue: string, count: number, { broker }: MessageFleet): AsyncGenerator<string> {
  for (let left = count; left > 0;) {
    const page = await broker.deadLetters(queue, Math.min(left, pageSize));
    if (page.length === 0) return;
    left -= page.length;
    for (const { id } of page) yield id;
  }
}

function question({ action, queue }: TakeRequest, count: number): string {
  const all = count === 1 ? 'the only dead letter' : `all ${count} dead letters`;
  return action === 'drop' ? `Delete ${all} of ${queue}, for good?` : `Put ${all} of ${queue} back into it?`;
}

async function report(
  { action, queue, json = false }: TakeRequest,
  taken: number,
  { stdout }: Terminal,
): Promise<void> {
  if (json) return stdout.write(`${compactJson({ queue, action, taken })}\n`);
  const what = taken === 1 ? '1 dead letter was' : `${taken} dead letters were`;
  await stdout.write(`${what} ${done(action)}.\n`);
}

function done(action: TakeRequest['action']): string {
  return action === 'retry' ? 'put back' : 'deleted';
}
