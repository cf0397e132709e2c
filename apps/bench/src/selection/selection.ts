import { fileURLToPath } from 'node:url';
import { interleaved } from '../measure/interleaved.js';
import { median, ratio } from '../measure/statistics.js';
import { Child } from '../pairs/child.js';
import { number } from '../report/table.js';
import type { Section } from '../section.js';
import { strategyNames } from './strategies.js';
import type { SelectionOrder } from './worker.js';

const worker = fileURLToPath(new URL('./worker.js', import.meta.url));
const [few, many] = [10, 1_000];

/** What it costs to choose a node, however many there are. */
export const selection: Section = {
  name: 'selection',
  about: `the choice of a node among ${few} and among ${many}, by each strategy`,
  async run({ rounds, roundMs }, progress) {
    const subjects = strategyNames.map((name) => {
      let child: Child | undefined;
      const nsOf = async (nodes: number): Promise<number> =>
        (await child!.ask({ do: 'select', nodes, forMs: roundMs / 4 } satisfies SelectionOrder)) as number;
      const measure = async () => ({ few: await nsOf(few), many: await nsOf(many) });
      return {
        name,
        async prepare() {
          ({ child } = await Child.start(name, worker, [name]));
          // The engine needs both numbers of nodes twice before it makes the most of them.
          await measure();
          await measure();
        },
        measure,
        end: async () => child?.end(),
      };
    });
    const measured = await interleaved(subjects, rounds, progress);
    const costs = measured.map(({ name, failure, samples }) => ({
      name,
      failure,
      few: median(samples.map((sample) => sample.few)),
      many: median(samples.map((sample) => sample.many)),
    }));
    return {
      tables: [
        {
          title: `the choice of a node, and its end; median of ${rounds} rounds`,
          columns: ['', `ns, ${few} nodes`, `ns, ${many} nodes`, 'ratio'],
          rows: costs.map(({ name, failure, few, many }) =>
            failure === undefined
              ? [name, number(few), number(many), number(ratio(many, few), 2)]
              : [name, `failed: ${failure}`],
          ),
        },
      ],
      goals: costs.map(({ name, few: ofFew, many: ofMany }) => ({
        what: `selection, ${name}: cost with ${many} nodes, of ${few}`,
        measured: ratio(ofMany, ofFew),
        atMost: 1.3,
      })),
    };
  },
};
