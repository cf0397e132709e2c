import { interleaved, type Measured, type Subject } from '../measure/interleaved.js';
import { median, ratio } from '../measure/statistics.js';
import type { Progress } from '../report/progress.js';
import { number, type Table } from '../report/table.js';
import { chosen, type Findings, type Settings } from '../section.js';
import { ajv, classValidator, contenders, skerry, type Judge } from './contenders.js';
import { messages } from './signup.js';

const kinds = [
  { what: 'valid', given: messages(256), expected: true },
  { what: 'wrong in two fields', given: messages(256, { age: 151, email: 'ada@' }), expected: false },
] as const;

type Kind = (typeof kinds)[number];

/**
 * What it costs to judge a message of five fields: Skerry's parse beside class-transformer with class-validator, whose verdicts
 * and sentences it gives, and beside what ajv compiles.
 */
export async function run(settings: Settings, progress: Progress): Promise<Findings> {
  const judges = await contenders();
  const names = chosen(settings, Object.keys(judges));
  const tables: Table[] = [];
  const goals: Findings['goals'][number][] = [];
  for (const kind of kinds) {
    const subjects = names.map((name) => subject(name, judges[name]!, kind, settings.roundMs));
    const measured = await interleaved(subjects, settings.rounds, progress);
    const { of, table } = summary(kind, measured);
    tables.push(table);
    if (kind.expected) {
      goals.push(
        {
          what: 'validation: class-transformer + class-validator, of Skerry',
          measured: ratio(of(classValidator), of(skerry)),
          atLeast: 40,
        },
        { what: 'validation: Skerry, of ajv compiled', measured: ratio(of(skerry), of(ajv)), atMost: 3 },
      );
    }
  }
  return { tables, goals };
}

/** Gives microseconds for each message. */
function subject(name: string, judge: Judge, { given, expected }: Kind, roundMs: number): Subject<number> {
  const measureFor = (ms: number): number => {
    const startedAt = performance.now();
    let judged = 0;
    for (let tookMs = 0; tookMs < ms; tookMs = performance.now() - startedAt) {
      for (const message of given) {
        if (judge(message) !== expected) throw new Error(`a message was ${expected ? 'refused' : 'accepted'}`);
      }
      judged += given.length;
    }
    return ((performance.now() - startedAt) / judged) * 1_000;
  };
  return {
    name,
    prepare: async () => void measureFor(roundMs),
    measure: async () => measureFor(roundMs),
    end: async () => undefined,
  };
}

function summary(
  { what }: Kind,
  measured: readonly Measured<number>[],
): { of: (name: string) => number; table: Table } {
  const medians = new Map(measured.map(({ name, samples }) => [name, median(samples)]));
  const of = (name: string): number => medians.get(name) ?? NaN;
  const rows = measured.map(({ name, failure }) =>
    failure === undefined
      ? [name, number(of(name), 3), number(ratio(of(name), of(skerry)), 2), number(ratio(of(name), of(ajv)), 2)]
      : [name, failure],
  );
  return {
    of,
    table: {
      title: `the check of a message of five fields, ${what}`,
      columns: ['contender', 'us each', 'of Skerry', 'of ajv'],
      rows,
    },
  };
}
