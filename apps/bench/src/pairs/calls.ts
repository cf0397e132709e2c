import { interleaved, type Measured } from '../measure/interleaved.js';
import { least, median, ratio } from '../measure/statistics.js';
import { number, type Table } from '../report/table.js';
import type { Progress } from '../report/progress.js';
import { chosen, type Settings } from '../section.js';
import type { Contenders } from './contender.js';
import { Pair, type ResidentMb, type Run } from './pair.js';

/** As many calls are under way where many are. */
export const inFlight = 64;

export interface CallSample {
  readonly busy: Run;
  readonly alone: Run;
  readonly resident: ResidentMb;
}

export interface CallFigures {
  readonly callsPerSecond: number;
  /** Of both sides, for 100,000 calls. */
  readonly cpuSeconds: number;
  /** Of the server's side of them. */
  readonly serverCpuSeconds: number;
  readonly aloneUs: number;
  readonly clientMb: number;
  readonly serverMb: number;
}

/** Measures the contenders of a section that were chosen: many calls at once, then one at a time. */
export function measureCalls(
  section: string,
  contenders: Contenders,
  settings: Settings,
  progress: Progress,
): Promise<readonly Measured<CallSample>[]> {
  const { rounds, roundMs } = settings;
  const subjects = chosen(settings, Object.keys(contenders)).map((name) => {
    const pair = new Pair(section, name);
    return {
      name,
      async prepare() {
        await pair.start();
        await warmUp(pair, roundMs);
        await pair.run('call', 1, roundMs / 2);
      },
      async measure(): Promise<CallSample> {
        const busy = await pair.run('call', inFlight, roundMs);
        const alone = await pair.run('call', 1, roundMs / 2);
        return { busy, alone, resident: await pair.residentMb() };
      },
      end: () => pair.end(),
    };
  });
  return interleaved(subjects, rounds, progress);
}

/** Until the engine has seen enough of it; on a machine that is busy with other things that takes longer. */
async function warmUp(pair: Pair, roundMs: number): Promise<void> {
  const forMs = 4 * roundMs;
  let calls = 0;
  for (let times = 0; times < 5 && calls < 40_000; times++) {
    const { perSecond } = await pair.run('call', inFlight, forMs);
    calls += (perSecond * forMs) / 1_000;
  }
}

/** Of those that succeeded, by name. */
export function callFigures(measured: readonly Measured<CallSample>[]): ReadonlyMap<string, CallFigures> {
  const succeeded = measured.filter(({ failure }) => failure === undefined);
  return new Map(succeeded.map(({ name, samples }) => [name, figuresOf(samples)]));
}

function figuresOf(samples: readonly CallSample[]): CallFigures {
  return {
    callsPerSecond: median(samples.map(({ busy }) => busy.perSecond)),
    // What others on the machine do can only add to it.
    cpuSeconds: least(samples.map(({ busy }) => busy.cpuSecondsPer100k)),
    serverCpuSeconds: least(samples.map(({ busy }) => busy.serverCpuSecondsPer100k)),
    aloneUs: median(samples.map(({ alone }) => alone.medianUs!)),
    clientMb: samples.at(-1)!.resident.client,
    serverMb: samples.at(-1)!.resident.server!,
  };
}

/**
 * @param references Contenders whose ratios have columns, by what those are called.
 */
export function callTable(
  what: string,
  { rounds, roundMs }: Settings,
  measured: readonly Measured<CallSample>[],
  references: Readonly<Record<string, string>>,
): Table {
  const figures = callFigures(measured);
  const others = Object.values(references).map((name) => figures.get(name));
  const rows = measured.map(({ name, failure }) => {
    const own = figures.get(name);
    if (!own) return [name, `failed: ${failure}`];
    return [
      name,
      number(own.callsPerSecond),
      ...others.map((other) => number(ratio(own.callsPerSecond, other?.callsPerSecond), 3)),
      number(own.cpuSeconds, 2),
      number(own.serverCpuSeconds, 2),
      number(own.aloneUs),
      ...others.map((other) => number(ratio(own.aloneUs, other?.aloneUs), 2)),
      number(own.clientMb),
      number(own.serverMb),
    ];
  });
  const labels = Object.keys(references);
  return {
    title: `${what}; median of ${rounds} interleaved rounds of ${roundMs} ms`,
    columns: [
      '',
      `calls/s, ${inFlight} in flight`,
      ...labels.map((label) => `of ${label}`),
      'CPU s/100k (best)',
      'server CPU',
      'p50 us alone',
      ...labels.map((label) => `p50 of ${label}`),
      'client MB',
      'server MB',
    ],
    rows,
  };
}
