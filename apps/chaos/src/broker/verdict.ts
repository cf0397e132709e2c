import type { BrokerObservations } from './broker-run.js';
import { concurrency } from './member/settings.js';
import { queues } from './tally.js';

/** What must not be, one line each; none where all is well. */
export function problemsOf(observations: BrokerObservations): string[] {
  const { tally, seen, wantedRestarts, crashes, interrupted } = observations;
  const problems = [...crashes];
  if (interrupted) problems.push('it was interrupted');
  for (const queue of queues) {
    const lost = tally.lost(queue);
    if (lost > 0) problems.push(`${lost} messages that were confirmed were never handled by ${queue}`);
  }
  const { count, confirmed } = tally;
  if (confirmed < count) problems.push(`${count - confirmed} of ${count} messages were never confirmed`);
  if (seen.kills === 0) problems.push('no consumer was killed while there was something to handle');
  if (seen.restarts < wantedRestarts) problems.push(`${seen.restarts} of ${wantedRestarts} restarts happened`);
  if (tally.booked !== undefined && tally.booked !== count) {
    problems.push(`${tally.booked} effects in the store, of ${count} messages`);
  }
  // Only what a consumer was at when it was killed may be handled again: its effect was had, and not yet recorded.
  const most = seen.kills * concurrency;
  const duplicates = tally.duplicates('once');
  if (duplicates > most)
    problems.push(`${duplicates} duplicates with dedupe; ${seen.kills} kills explain ${most} at most`);
  return problems;
}
