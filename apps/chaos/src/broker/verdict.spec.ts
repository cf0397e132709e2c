import { reportLines } from './report.js';
import { queues, Tally } from './tally.js';
import { problemsOf } from './verdict.js';
import type { BrokerObservations } from './broker-run.js';

function observed(tally: Tally, more: Partial<BrokerObservations> = {}): BrokerObservations {
  const seen = { kills: 1, restarts: 2 };
  return {
    engine: 'inbox',
    seed: 1,
    tally,
    seen,
    wantedRestarts: 2,
    lastedMs: 2_000,
    crashes: [],
    interrupted: false,
    ...more,
  };
}

function complete(count: number): Tally {
  const tally = new Tally(count);
  for (let message = 0; message < count; message++) {
    tally.publish(message);
    tally.confirm(message);
    for (const queue of queues) tally.handle(queue, message);
  }
  return tally;
}

test('all confirmed and handled, and every fault seen, passes', () => {
  const lines = reportLines(observed(complete(3)));
  expect(lines[0]).toBe('inbox, 3 messages, seed 1');
  expect(lines.at(-1)).toBe('passed');
  expect(lines.join('\n')).toMatch(/messages\/s\s+│ 2\s/);
});

test('an effect that was had twice, or not at all, is told and fails', () => {
  const tally = complete(3);
  tally.booked = 3;
  expect(reportLines(observed(tally)).at(-1)).toBe('passed');
  tally.booked = 4;
  const lines = reportLines(observed(tally));
  expect(lines).toContain('4 effects in the store, of 3 messages');
  expect(lines.at(-1)).toBe('failed');
});

test('what was lost, or never confirmed, is told and fails', () => {
  const tally = new Tally(3);
  for (const message of [0, 1]) tally.confirm(message);
  tally.handle('plain', 0);
  const lines = reportLines(observed(tally));
  expect(lines).toEqual(
    expect.arrayContaining([
      '1 messages that were confirmed were never handled by plain',
      '2 messages that were confirmed were never handled by once',
      '1 of 3 messages were never confirmed',
    ]),
  );
  expect(lines.at(-1)).toBe('failed');
});

test('a fault that was not seen fails', () => {
  const problems = problemsOf(observed(complete(3), { seen: { kills: 0, restarts: 1 } }));
  expect(problems).toEqual(['no consumer was killed while there was something to handle', '1 of 2 restarts happened']);
});

test('duplicates fail with dedupe where no kill explains them, and never without', () => {
  const tally = complete(3);
  for (let more = 0; more < 51; more++) tally.handle('plain', 0);
  expect(problemsOf(observed(tally))).toEqual([]);
  for (let more = 0; more < 51; more++) tally.handle('once', 0);
  expect(problemsOf(observed(tally))).toEqual(['51 duplicates with dedupe; 1 kills explain 50 at most']);
});
