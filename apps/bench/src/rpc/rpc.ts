import { interleaved, type Measured } from '../measure/interleaved.js';
import { least, median, ratio } from '../measure/statistics.js';
import { Pair, type ResidentMb, type Run } from '../pairs/pair.js';
import type { Goal } from '../report/goals.js';
import { number, type Table } from '../report/table.js';
import { chosen, type Section } from '../section.js';
import { contenders } from './contenders.js';

const inFlight = 64;

interface Sample {
  readonly busy: Run;
  readonly alone: Run;
  readonly resident: ResidentMb;
}

interface Figures {
  readonly callsPerSecond: number;
  readonly cpuSeconds: number;
  readonly aloneUs: number;
  readonly clientMb: number;
  readonly serverMb: number;
}

/** What a call between two processes costs, when many are under way and when one is. */
export const rpc: Section = {
  name: 'rpc',
  about: `a call between two processes, ${inFlight} in flight and one alone, beside raw frames and other frameworks`,
  async run(settings, progress) {
    const names = chosen(settings, Object.keys(contenders));
    const { rounds, roundMs } = settings;
    const subjects = names.map((name) => {
      const pair = new Pair('rpc', name);
      return {
        name,
        async prepare() {
          await pair.start();
          await pair.run('call', inFlight, 4 * roundMs);
          await pair.run('call', 1, roundMs / 2);
        },
        async measure(): Promise<Sample> {
          const busy = await pair.run('call', inFlight, roundMs);
          const alone = await pair.run('call', 1, roundMs / 2);
          return { busy, alone, resident: await pair.residentMb() };
        },
        end: () => pair.end(),
      };
    });
    const measured = await interleaved(subjects, rounds, progress);
    const title = `a call between two processes; median of ${rounds} interleaved rounds of ${roundMs} ms`;
    return { tables: [table(title, measured)], goals: goals(figuresByName(measured)) };
  },
};

function table(title: string, measured: readonly Measured<Sample>[]): Table {
  const figures = figuresByName(measured);
  const raw = figures.get('raw frames');
  const json = figures.get('raw frames + JSON');
  const rows = measured.map(({ name, failure }) => {
    const own = figures.get(name);
    if (!own) return [name, `failed: ${failure}`];
    return [
      name,
      number(own.callsPerSecond),
      number(ratio(own.callsPerSecond, raw?.callsPerSecond), 3),
      number(ratio(own.callsPerSecond, json?.callsPerSecond), 3),
      number(own.cpuSeconds, 2),
      number(own.aloneUs),
      number(ratio(own.aloneUs, raw?.aloneUs), 2),
      number(ratio(own.aloneUs, json?.aloneUs), 2),
      number(own.clientMb),
      number(own.serverMb),
    ];
  });
  const columns = ['', `calls/s, ${inFlight} in flight`, 'of raw', 'of JSON', 'CPU s/100k (best)'];
  return { title, columns: [...columns, 'p50 us alone', 'p50 of raw', 'p50 of JSON', 'client MB', 'server MB'], rows };
}

function goals(figures: ReadonlyMap<string, Figures>): readonly Goal[] {
  const own = figures.get('skerry');
  if (!own) return [];
  const raw = figures.get('raw frames');
  const json = figures.get('raw frames + JSON');
  const nestObject = figures.get('NestJS TCP (object pattern)');
  const nestString = figures.get('NestJS TCP (string pattern)');
  const speed = (other: Figures | undefined): number => ratio(own.callsPerSecond, other?.callsPerSecond);
  return [
    { what: `calls/s, of raw frames + JSON, ${inFlight} in flight`, measured: speed(json), atLeast: 0.8 },
    { what: 'calls/s, of NestJS TCP (object pattern)', measured: speed(nestObject), atLeast: 2 },
    { what: 'calls/s, of NestJS TCP (string pattern)', measured: speed(nestString), atLeast: 3 },
    {
      what: 'CPU per call, of NestJS TCP (object pattern)',
      measured: ratio(own.cpuSeconds, nestObject?.cpuSeconds),
      atMost: 0.25,
    },
    { what: 'p50 of a call alone, of raw frames', measured: ratio(own.aloneUs, raw?.aloneUs), atMost: 1.8 },
  ];
}

function figuresByName(measured: readonly Measured<Sample>[]): ReadonlyMap<string, Figures> {
  const succeeded = measured.filter(({ failure }) => failure === undefined);
  return new Map(succeeded.map(({ name, samples }) => [name, figuresOf(samples)]));
}

function figuresOf(samples: readonly Sample[]): Figures {
  return {
    callsPerSecond: median(samples.map(({ busy }) => busy.perSecond)),
    // What others on the machine do can only add to it.
    cpuSeconds: least(samples.map(({ busy }) => busy.cpuSecondsPer100k)),
    aloneUs: median(samples.map(({ alone }) => alone.medianUs!)),
    clientMb: samples.at(-1)!.resident.client,
    serverMb: samples.at(-1)!.resident.server!,
  };
}
