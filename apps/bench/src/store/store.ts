import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { interleaved, type Measured } from '../measure/interleaved.js';
import { least, median, ratio } from '../measure/statistics.js';
import { Child } from '../pairs/child.js';
import { workDirectory } from '../processes.js';
import { number, type Table } from '../report/table.js';
import { chosen, type Section } from '../section.js';
import { allKeys, batchLength, operations, pageLength, type Operation } from './contender.js';
import { contenders } from './contenders.js';
import type { StoreOrder, StoreRun } from './worker.js';

const worker = fileURLToPath(new URL('./worker.js', import.meta.url));
const bare = 'bare lmdb';
const names = Object.keys(operations) as Operation[];

type Sample = Readonly<Record<Operation, StoreRun>>;

/** What the operations of a store cost. */
export const store: Section = {
  name: 'store',
  about: `get, put, list and batch among ${allKeys.length} entries, in memory and in LMDB; beside bare lmdb`,
  async run(settings, progress) {
    const { rounds, roundMs } = settings;
    const subjects = chosen(settings, Object.keys(contenders)).map((name) => {
      let child: Child | undefined;
      const measure = async (forMs: number): Promise<Sample> => {
        const runs: [Operation, StoreRun][] = [];
        for (const operation of names) {
          const order: StoreOrder = { do: 'run', operation, forMs };
          runs.push([operation, (await child!.ask(order, 30_000 + forMs)) as StoreRun]);
        }
        return Object.fromEntries(runs) as Sample;
      };
      return {
        name,
        async prepare() {
          const folder = join(workDirectory(), `store-${name}`.replace(/\W+/g, '-'));
          const env = { SKERRY_LOCAL_REGISTRY_DIR: join(folder, 'registry') };
          ({ child } = await Child.start('the store', worker, [name, folder], { env }));
          await measure(roundMs);
        },
        measure: () => measure(roundMs / 4),
        end: async () => child?.end(),
      };
    });
    const measured = await interleaved(subjects, rounds, progress);
    return { tables: names.map((operation) => table(operation, measured, rounds)), goals: [] };
  },
};

const about: Readonly<Record<Operation, string>> = {
  get: 'the entry of a key',
  put: 'an entry, one at a time',
  'put, many': `an entry, ${operations['put, many']} at once`,
  'put ifVersion, many': `an entry if its version is known, ${operations['put ifVersion, many']} at once`,
  list: `a page of ${pageLength} entries by their prefix`,
  batch: `${batchLength} puts in one step`,
};

function table(operation: Operation, measured: readonly Measured<Sample>[], rounds: number): Table {
  const perSecond = (name: string): number =>
    median(measured.find((each) => each.name === name)?.samples.map((sample) => sample[operation].perSecond) ?? []);
  return {
    title: `store, ${operation}: ${about[operation]}; median of ${rounds} interleaved rounds`,
    columns: ['', 'operations/s', `of ${bare}`, 'CPU s/100k (best)'],
    rows: measured.map(({ name, samples, failure }) =>
      failure === undefined
        ? [
            name,
            number(perSecond(name)),
            number(ratio(perSecond(name), perSecond(bare)), 2),
            number(least(samples.map((sample) => sample[operation].cpuSecondsPer100k)), 2),
          ]
        : [name, `failed: ${failure}`],
    ),
  };
}
