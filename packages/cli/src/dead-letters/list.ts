import { exitCodes } from '../exit-codes.js';
import type { FleetRequest } from '../fleet/fleet.js';
import { withBroker } from '../messages/with-broker.js';
import { coloursFor } from '../terminal/colours.js';
import { compactJson } from '../terminal/json-text.js';
import { table } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';

/** Prints the queues that have dead letters, and how many. */
export function listQueues(request: FleetRequest, terminal: Terminal): Promise<number> {
  const { stdout, env } = terminal;
  return withBroker(request, terminal, 'skerry dlq list', async ({ broker }) => {
    const queues = await broker.deadLetterQueues();
    if (request.json) {
      await stdout.write(`${compactJson(queues)}\n`);
    } else if (queues.length === 0) {
      await stdout.write(`No queue of the ${broker.engine} broker has dead letters.\n`);
    } else {
      const rows = queues.map(({ queue, count }) => [queue, `${count}`]);
      const lines = await table(rows, { colours: coloursFor(stdout, env), head: ['QUEUE', 'DEAD LETTERS'] });
      await stdout.write(`${lines.join('\n')}\n`);
    }
    return exitCodes.ok;
  });
}
