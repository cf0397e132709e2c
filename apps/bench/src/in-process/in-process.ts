import { interleaved } from '../measure/interleaved.js';
import { least, median, ratio } from '../measure/statistics.js';
import { Pair } from '../pairs/pair.js';
import { number } from '../report/table.js';
import type { Section } from '../section.js';
import { contenders } from './contenders.js';

const [apart, together] = ['skerry in two processes', 'skerry in one application'];

/** What a call within one application costs, of what it costs between two processes. */
export const inProcess: Section = {
  name: 'in-process',
  about: 'a call within one application, beside the same call between two processes',
  async run({ rounds, roundMs }, progress) {
    const subjects = Object.keys(contenders).map((name) => {
      const pair = new Pair('in-process', name, name !== together);
      const measure = () => pair.run('call', 1, roundMs);
      return {
        name,
        async prepare() {
          await pair.start();
          // Many in flight make it warm soonest.
          await pair.run('call', 64, 4 * roundMs);
          await measure();
        },
        measure,
        end: () => pair.end(),
      };
    });
    const measured = await interleaved(subjects, rounds, progress);
    const callsPerSecond = (name: string): number =>
      median(measured.find((each) => each.name === name)?.samples.map(({ perSecond }) => perSecond) ?? []);
    const rows = measured.map(({ name, samples, failure }) => {
      if (failure !== undefined) return [name, `failed: ${failure}`];
      return [
        name,
        number(callsPerSecond(name)),
        number(ratio(callsPerSecond(name), callsPerSecond(apart)), 2),
        number(median(samples.map(({ medianUs }) => medianUs!)), 1),
        number(least(samples.map(({ cpuSecondsPer100k }) => cpuSecondsPer100k)), 2),
      ];
    });
    return {
      tables: [
        {
          title: `a call alone within one application and between two; median of ${rounds} interleaved rounds`,
          columns: ['', 'calls/s, 1 in flight', 'of two processes', 'p50 us', 'CPU s/100k (best)'],
          rows,
        },
      ],
      goals: [
        {
          what: 'calls/s within one application, of two processes',
          measured: ratio(callsPerSecond(together), callsPerSecond(apart)),
          atLeast: 15,
        },
      ],
    };
  },
};
