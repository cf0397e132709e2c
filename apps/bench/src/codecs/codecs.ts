import { fileURLToPath } from 'node:url';
import { interleaved, type Measured, type Subject } from '../measure/interleaved.js';
import { least, ratio } from '../measure/statistics.js';
import { Child } from '../pairs/child.js';
import type { Goal } from '../report/goals.js';
import { number, type Table } from '../report/table.js';
import { chosen, type Section } from '../section.js';
import { bareOf, kinds, type Kind } from './contender.js';
import { contenders } from './contenders.js';
import type { CodecCost, CodecOrder } from './worker.js';

const worker = fileURLToPath(new URL('./worker.js', import.meta.url));

type Costs = Readonly<Partial<Record<Kind, CodecCost>>>;

/** What it costs to turn messages into bytes and back. */
export const codecs: Section = {
  name: 'codecs',
  about: 'a message into bytes and back, in each codec, beside the library that it uses',
  async run(settings, progress) {
    const names = chosen(settings, Object.keys(contenders));
    const subjects = names.map((name) => subject(name, settings.roundMs));
    const measured = await interleaved(subjects, settings.rounds, progress);
    return {
      tables: kinds.map((kind) => table(kind, measured, settings.rounds)),
      goals: goals(measured),
    };
  },
};

function subject(name: string, roundMs: number): Subject<Costs> {
  let child: Child | undefined;
  const measure = async (): Promise<Costs> => {
    const costs: Partial<Record<Kind, CodecCost>> = {};
    for (const kind of kinds) {
      const order = { do: 'code', kind, forMs: roundMs / 2 } satisfies CodecOrder;
      const cost = (await child!.ask(order)) as CodecCost | undefined;
      if (cost) costs[kind] = cost;
    }
    return costs;
  };
  return {
    name,
    async prepare() {
      ({ child } = await Child.start(name, worker, [name]));
      await measure();
      await measure();
    },
    measure,
    end: async () => child?.end(),
  };
}

/** The best of the rounds, to which others can only add; `undefined` where the contender failed, or does not know the kind. */
function costOf(name: string, kind: Kind, measured: readonly Measured<Costs>[]): CodecCost | undefined {
  const samples = measured.find((each) => each.name === name)?.samples ?? [];
  const costs = samples.flatMap((sample) => sample[kind] ?? []);
  if (costs.length === 0) return undefined;
  return {
    encodeUs: least(costs.map(({ encodeUs }) => encodeUs)),
    decodeUs: least(costs.map(({ decodeUs }) => decodeUs)),
    bytes: costs[0]!.bytes,
  };
}

function bothUs(cost: CodecCost | undefined): number {
  return cost ? cost.encodeUs + cost.decodeUs : NaN;
}

function table(kind: Kind, measured: readonly Measured<Costs>[], rounds: number): Table {
  const json = bothUs(costOf('JSON.parse, stringify', kind, measured));
  return {
    title: `${kind}: one message into bytes and back, CPU time; best of ${rounds} interleaved rounds`,
    columns: ['', 'bytes', 'encode us', 'decode us', 'both', 'of JSON', 'of its library'],
    rows: measured.map(({ name, failure }) => {
      if (failure !== undefined) return [name, `failed: ${failure}`];
      const own = costOf(name, kind, measured);
      const bare = bothUs(costOf(bareOf[name] ?? '', kind, measured));
      return [
        name,
        number(own?.bytes),
        number(own?.encodeUs, 2),
        number(own?.decodeUs, 2),
        number(bothUs(own), 2),
        number(ratio(bothUs(own), json), 2),
        number(ratio(bothUs(own), bare), 2),
      ];
    }),
  };
}

function goals(measured: readonly Measured<Costs>[]): readonly Goal[] {
  const of = (name: string): number => bothUs(costOf(name, 'order', measured));
  return [
    {
      what: 'codecs: protobuf of an order, of JSON.parse and stringify',
      measured: ratio(of('skerry protobuf'), of('JSON.parse, stringify')),
      atMost: 0.5,
    },
    {
      what: 'codecs: protobuf of an order, of protobufjs',
      measured: ratio(of('skerry protobuf'), of('protobufjs (generated)')),
      atMost: 1,
    },
  ];
}
