import { interleaved, type Measured } from '../measure/interleaved.js';
import { median, ratio } from '../measure/statistics.js';
import type { Goal } from '../report/goals.js';
import { number, type Table } from '../report/table.js';
import { chosen, type Section } from '../section.js';
import { programName, programs } from './programs.js';
import { timeToReady } from './time-to-ready.js';

/** How long a process takes from its start until it is ready. */
export const start: Section = {
  name: 'start',
  about: 'from the start of a process until it is ready, with 0, 200 and 2,000 providers',
  async run(settings, progress) {
    // The largest part of a quick run: two rounds will do.
    const rounds = settings.quick ? Math.min(settings.rounds, 2) : settings.rounds;
    const names = chosen(
      settings,
      programs.map(({ name }) => name),
    );
    const subjects = programs
      .filter(({ name }) => names.includes(name))
      .map((program) => ({
        name: program.name,
        // Files that were never read come from the disk the first time; programs with more providers read the same ones.
        prepare: async () => void (program.providers === 0 && (await timeToReady(program))),
        measure: () => timeToReady(program),
        end: async () => undefined,
      }));
    const measured = await interleaved(subjects, rounds, progress);
    return { tables: [table(measured, rounds)], goals: goals(measured) };
  },
};

function table(measured: readonly Measured<number>[], rounds: number): Table {
  const bareMs = medianMs(measured, 'bare node');
  return {
    title: `from the start of a process until it is ready; median of ${rounds} interleaved rounds`,
    columns: ['', 'ms', 'more than bare node'],
    rows: measured.map(({ name, failure, samples }) =>
      failure === undefined
        ? [name, number(median(samples)), number(median(samples) - bareMs)]
        : [name, `failed: ${failure}`],
    ),
  };
}

function goals(measured: readonly Measured<number>[]): readonly Goal[] {
  const of = (name: string): number => medianMs(measured, name);
  const providers = 200;
  return [
    {
      what: `start with ${providers} providers, of NestJS application context`,
      measured: ratio(of(programName('skerry', providers)), of(programName('NestJS application context', providers))),
      atMost: 0.6,
    },
    {
      what: `start with ${providers} providers and a service, of NestJS TCP microservice`,
      measured: ratio(
        of(programName('skerry service', providers)),
        of(programName('NestJS TCP microservice', providers)),
      ),
      atMost: 0.6,
    },
    {
      what: 'start of the empty application, of the import of its libraries',
      measured: ratio(of(programName('skerry', 0)), of('the libraries of skerry')),
      atMost: 1.3,
    },
  ];
}

function medianMs(measured: readonly Measured<number>[], name: string): number {
  return median(measured.find((each) => each.name === name)?.samples ?? []);
}
