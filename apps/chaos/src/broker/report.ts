import Table from 'cli-table3';
import type { BrokerObservations } from './broker-run.js';
import type { SeenFaults } from './faults.js';
import type { Tally } from './tally.js';
import { problemsOf } from './verdict.js';

/** How far it is, for where there is no terminal. */
export function progressLine(tally: Tally, { kills, restarts }: Readonly<SeenFaults>): string {
  const handled = `${tally.distinct('plain')} and ${tally.distinct('once')} of ${tally.count} handled`;
  return `${tally.confirmed} confirmed, ${handled} without and with dedupe, ${kills} kills, ${restarts} restarts`;
}

/** The table and the verdict. */
export function reportLines(observations: BrokerObservations): string[] {
  const { engine, seed, tally, seen, wantedRestarts, lastedMs } = observations;
  const table = new Table({ head: ['', 'without dedupe', 'with dedupe'], style: { head: [], border: [] } });
  const both = (of: (queue: 'plain' | 'once') => number): string[] => [`${of('plain')}`, `${of('once')}`];
  const once = (value: number | string) => ({ colSpan: 2, content: `${value}` });
  const restarted = engine === 'rabbitmq' ? 'restarts of the server' : 'restarts of the publisher';
  table.push(
    ['published', once(tally.published)],
    ['confirmed', once(tally.confirmed)],
    ['handled', ...both((queue) => tally.handled(queue))],
    ['distinct', ...both((queue) => tally.distinct(queue))],
    ['lost', ...both((queue) => tally.lost(queue))],
    ['duplicates', ...both((queue) => tally.duplicates(queue))],
    ['effects in the store', '', tally.booked === undefined ? 'not read' : `${tally.booked}`],
    ['kills of consumers', once(seen.kills)],
    [restarted, once(`${seen.restarts} of ${wantedRestarts}`)],
    ['time', once(`${(lastedMs / 1_000).toFixed(1)} s`)],
    ['messages/s', once(lastedMs > 0 ? Math.round((tally.confirmed * 1_000) / lastedMs) : 0)],
  );
  const problems = problemsOf(observations);
  const title = `${engine}, ${tally.count} messages, seed ${seed}`;
  return [title, ...table.toString().split('\n'), ...problems, problems.length === 0 ? 'passed' : 'failed'];
}
