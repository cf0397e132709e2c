import { InvalidArgumentError, type Command } from 'commander';
import { count } from '../commands/options.js';
import { UsageError } from '../usage-error.js';

/** What a command line says about load, if it does. */
export interface LoadRequest {
  readonly repeat?: number;
  readonly concurrency?: number;
  /** In ms. */
  readonly duration?: number;
  /** For each second. */
  readonly rate?: number;
}

/** How much load, and how long. */
export interface LoadPlan {
  /** `Infinity` where the time alone ends it. */
  readonly repeat: number;
  /** How many are under way at once, at most. */
  readonly concurrency: number;
  /** When no more are begun, in ms; `Infinity` where the number alone ends it. */
  readonly durationMs: number;
  /** Begun for each second, whatever became of those before. Absent: the next one begins when one has ended. */
  readonly perSecond?: number;
}

// Enough not to hold up the rate of a service that answers, and an end to what one that does not piles up.
const concurrencyAtRate = 100;

export function addLoadOptions(command: Command, what: string): Command {
  return command
    .option('--repeat <n>', `make it a load test: so many ${what}`, count)
    .option('--duration <time>', `go on for so long: 10s, 500ms, 2m`, duration)
    .option('--rate <n/s>', `begin so many each second, however long they take: 50/s, 600/m`, rate)
    .option(
      '--concurrency <n>',
      `how many are under way at once, at most (default: 1; with --rate ${concurrencyAtRate})`,
      count,
    );
}

/** The load that is asked for; `undefined` where none is. @param command For the error: `skerry call`. */
export function loadPlan(request: LoadRequest, command: string): LoadPlan | undefined {
  const { repeat, concurrency, duration: durationMs, rate: perSecond } = request;
  if (repeat === undefined && durationMs === undefined) {
    if (concurrency === undefined && perSecond === undefined) return undefined;
    const given = perSecond === undefined ? '--concurrency' : '--rate';
    throw new UsageError(`${command}: ${given} says nothing of an end.`, 'add --repeat 1000, or --duration 10s');
  }
  return {
    repeat: repeat ?? Infinity,
    durationMs: durationMs ?? Infinity,
    concurrency: concurrency ?? (perSecond === undefined ? 1 : concurrencyAtRate),
    ...(perSecond === undefined ? {} : { perSecond }),
  };
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Reads `10s` as ms. */
function duration(text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const ms = Number(number) * (unitMs[unit] ?? NaN);
  if (ms > 0 && ms < 2 ** 31) return ms;
  throw new InvalidArgumentError('Give a time with its unit: 10s, 500ms, 2m.');
}

function rate(text: string): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(?:\/(s|m|h))?$/.exec(text) ?? [];
  const perSecond = (Number(number) * 1_000) / unitMs[unit]!;
  if (perSecond > 0) return perSecond;
  throw new InvalidArgumentError('Give how many for each second, or minute: 50/s, 600/m.');
}
