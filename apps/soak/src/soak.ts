import { parseArgs } from 'node:util';
import { reportLines, sampleLine } from './report/lines.js';
import { judge } from './report/verdict.js';
import { soak, type Sample } from './soak-run.js';

const usage = `npm run soak -- [--minutes 10] [--seed 1] [--rate 1000]

  --minutes  how long; memory is judged from 5 on
  --seed     which faults happen when, and which calls are made
  --rate     calls a second, at most 2000`;
const plainLineMs = 30_000;

const terminal = process.stdout.isTTY && !process.env['CI'];
const say = (line: string): void => void process.stdout.write(`${line}\n`);

function options(): { minutes: number; seed: number; rate: number } | undefined {
  try {
    const { values } = parseArgs({
      options: { minutes: { type: 'string' }, seed: { type: 'string' }, rate: { type: 'string' } },
    });
    const { minutes = 10, seed = process.env['SKERRY_SEED'] ?? 1, rate = 1_000 } = values;
    const given = { minutes: Number(minutes), seed: Number(seed), rate: Number(rate) };
    if (given.minutes > 0 && Number.isInteger(given.seed) && given.rate > 0 && given.rate <= 2_000) return given;
    console.error(usage);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
  }
  return undefined;
}

const given = options();
if (given) {
  const { minutes, seed, rate } = given;
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  let before: Sample | undefined;
  let saidAt = 0;
  let unsaid: string[] = [];
  say(`soaking for ${minutes} min with seed ${seed}: one client, three servers, ${rate} calls/s`);
  const observations = await soak({
    durationMs: minutes * 60_000,
    seed,
    callsPerSecond: rate,
    members: new URL('./member/', import.meta.url),
    signal: stop.signal,
    sampled: (sample, faults) => {
      unsaid.push(...faults);
      if (!terminal && sample.atMs - saidAt < plainLineMs) return;
      say(sampleLine(sample, before, unsaid));
      [before, saidAt, unsaid] = [sample, sample.atMs, []];
    },
  });
  const report = judge(observations);
  say('');
  for (const line of reportLines(report, terminal)) say(line);
  process.exitCode = report.problems.length === 0 ? 0 : 1;
} else {
  process.exitCode = 2;
}
