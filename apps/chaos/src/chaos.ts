import { parseArgs } from 'node:util';
import { findRabbitMq } from '@skerry-private/test-kit';
import { SingleBar } from 'cli-progress';
import { brokerChaos } from './broker/broker-run.js';
import type { SeenFaults } from './broker/faults.js';
import type { Engine } from './broker/member/settings.js';
import { progressLine, reportLines } from './broker/report.js';
import type { Tally } from './broker/tally.js';
import { problemsOf } from './broker/verdict.js';

const usage = `npm run chaos -- broker --engine rabbitmq|inbox [--messages 100000] [--seed 1]

  --engine    rabbitmq: a node of its own is restarted twice; inbox: the publisher is
  --messages  how many, at most 10,000,000
  --seed      which consumer is killed when`;
const plainLineMs = 10_000;
const terminal = process.stdout.isTTY && !process.env['CI'];

interface Given {
  readonly engine: Engine;
  readonly messages: number;
  readonly seed: number;
}

function options(): Given | undefined {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { engine: { type: 'string' }, messages: { type: 'string' }, seed: { type: 'string' } },
    });
    const { engine, messages = 100_000, seed = process.env['SKERRY_SEED'] ?? 1 } = values;
    const given = { engine: engine as Engine, messages: Number(messages), seed: Number(seed) };
    const known = positionals.join(' ') === 'broker' && (engine === 'rabbitmq' || engine === 'inbox');
    const inRange = Number.isInteger(given.messages) && given.messages >= 1 && given.messages <= 10_000_000;
    if (known && inRange && Number.isInteger(given.seed)) return given;
    console.error(usage);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
  }
  return undefined;
}

/** Shows how far it is: a bar on a terminal, otherwise a line now and then. */
function progress(messages: number): { show: (tally: Tally, seen: Readonly<SeenFaults>) => void; end: () => void } {
  if (terminal) {
    const format = '{bar} {percentage}% | {confirmed} confirmed, {kills} kills, {restarts} restarts | {duration} s';
    const bar = new SingleBar({ format, hideCursor: true, gracefulExit: false });
    bar.start(2 * messages, 0, { confirmed: 0, kills: 0, restarts: 0 });
    const show = (tally: Tally, seen: Readonly<SeenFaults>): void =>
      bar.update(tally.distinct('plain') + tally.distinct('once'), { confirmed: tally.confirmed, ...seen });
    return { show, end: () => bar.stop() };
  }
  let saidAt = performance.now();
  const show = (tally: Tally, seen: Readonly<SeenFaults>): void => {
    if (performance.now() - saidAt < plainLineMs) return;
    saidAt = performance.now();
    console.log(progressLine(tally, seen));
  };
  return { show, end: () => undefined };
}

async function run(given: Given): Promise<number> {
  const sbin = given.engine === 'rabbitmq' ? await findRabbitMq() : undefined;
  if (given.engine === 'rabbitmq' && sbin === undefined) return 1;
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  console.log(`${given.messages} messages with seed ${given.seed}: one publisher, two consumers, ${given.engine}`);
  const { show, end } = progress(given.messages);
  const members = new URL('./broker/member/', import.meta.url);
  const observations = await brokerChaos({ ...given, sbin, members, signal: stop.signal, progressed: show }).finally(
    end,
  );
  for (const line of reportLines(observations)) console.log(line);
  return problemsOf(observations).length === 0 ? 0 : 1;
}

const given = options();
process.exitCode = given ? await run(given) : 2;
