import { interleaved, type Measured } from '../measure/interleaved.js';
import { least, median, ratio } from '../measure/statistics.js';
import { itemsPerStream } from '../pairs/orders.js';
import { Pair, type Run } from '../pairs/pair.js';
import { number, type Table } from '../report/table.js';
import { chosen, type Section } from '../section.js';
import { contenders } from './contenders.js';

interface Sample {
  readonly serverStream: Run;
  readonly bidirectional: Run;
}

/** What an item of a stream costs. */
export const streams: Section = {
  name: 'streams',
  about: 'items of a server stream and of a bidirectional one, beside raw frames and grpc-js',
  async run(settings, progress) {
    const { rounds, roundMs } = settings;
    const names = chosen(settings, Object.keys(contenders));
    const subjects = names.map((name) => {
      const pair = new Pair('streams', name);
      const measure = async (forMs = roundMs): Promise<Sample> => ({
        serverStream: await pair.run('serverStream', 1, forMs),
        bidirectional: await pair.run('bidirectional', 1, forMs),
      });
      return {
        name,
        async prepare() {
          await pair.start();
          await measure(2 * roundMs);
        },
        measure: () => measure(),
        end: () => pair.end(),
      };
    });
    const measured = await interleaved(subjects, rounds, progress);
    const title = `an item of a stream of ${itemsPerStream}, one stream at a time; median of ${rounds} interleaved rounds`;
    return { tables: [table(title, measured)], goals: [] };
  },
};

function table(title: string, measured: readonly Measured<Sample>[]): Table {
  const of = (name: string, what: keyof Sample): number =>
    median(measured.find((each) => each.name === name)?.samples.map((sample) => sample[what].perSecond) ?? []);
  const rows = measured.map(({ name, samples, failure }) => {
    if (failure !== undefined) return [name, `failed: ${failure}`];
    const cells = (['serverStream', 'bidirectional'] as const).flatMap((what) => [
      number(of(name, what)),
      number(ratio(of(name, what), of('raw frames', what)), 3),
      number(least(samples.map((sample) => sample[what].cpuSecondsPer100k)), 2),
    ]);
    return [name, ...cells];
  });
  const columns = ['of raw', 'CPU s/100k (best)'];
  return { title, columns: ['', 'server stream items/s', ...columns, 'bidirectional items/s', ...columns], rows };
}
