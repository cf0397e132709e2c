import { findRabbitMq, openHandles } from '@skerry-private/test-kit';
import { brokerChaos, type BrokerChaosOptions, type BrokerObservations } from './broker-run.js';
import { progressLine } from './report.js';
import { problemsOf } from './verdict.js';

const sbin = await findRabbitMq();
const short: Omit<BrokerChaosOptions, 'engine'> = {
  messages: 2_000,
  seed: 1,
  members: new URL('../../dist/broker/member/', import.meta.url),
  sbin,
  killEveryMs: 500,
  restarts: 1,
  publishForMs: 3_000,
  quietMs: 300,
  stalledMs: 30_000,
};

async function observe(options: BrokerChaosOptions): Promise<BrokerObservations> {
  const handles = openHandles();
  const lines: string[] = [];
  const progressed: BrokerChaosOptions['progressed'] = (tally, seen) => lines.push(progressLine(tally, seen));
  const observations = await brokerChaos({ ...options, progressed });
  expect(lines.at(-1)).toContain('2000 confirmed, 2000 and 2000 of 2000 handled');
  await handles.nothingMore();
  expect(observations.tally.booked).toBe(2_000);
  return observations;
}

test('no message is lost in the inbox when consumers and its publisher are killed', async () => {
  const observations = await observe({ ...short, engine: 'inbox' });
  expect(problemsOf(observations)).toEqual([]);
  expect(observations.seen.kills).toBeGreaterThan(0);
  expect(observations.seen.restarts).toBe(1);
}, 60_000);

(sbin ? test : test.skip)(
  'no message is lost in RabbitMQ when consumers are killed and its server restarts',
  async () => {
    const observations = await observe({ ...short, engine: 'rabbitmq' });
    expect(problemsOf(observations)).toEqual([]);
    expect(observations.seen.kills).toBeGreaterThan(0);
    expect(observations.seen.restarts).toBe(1);
  },
  90_000,
);

test('a run that is interrupted ends with all its processes, and has not passed', async () => {
  const handles = openHandles();
  const stop = new AbortController();
  const observations = await brokerChaos({
    ...short,
    engine: 'inbox',
    signal: stop.signal,
    progressed: ({ confirmed }) => (confirmed > 0 ? stop.abort() : undefined),
  });
  expect(problemsOf(observations)).toContain('it was interrupted');
  await handles.nothingMore();
}, 60_000);

test('a run in which no fault happened has not passed', async () => {
  const observations = await brokerChaos({
    ...short,
    engine: 'inbox',
    messages: 50,
    restarts: 0,
    publishForMs: 100,
    killEveryMs: 60_000,
  });
  expect(problemsOf(observations)).toEqual(['no consumer was killed while there was something to handle']);
}, 60_000);
