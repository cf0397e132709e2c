import fc from 'fast-check';
import { MemoryLine } from './memory-line.js';

interface Waiting {
  readonly place: number;
}

type Step =
  | { readonly do: 'join' }
  | { readonly do: 'shift' }
  | { readonly do: 'leave'; readonly which: number }
  | { readonly do: 'return'; readonly which: number };

const which = fc.nat(1_000);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Step>({ do: 'join' }) },
  { weight: 2, arbitrary: fc.constant<Step>({ do: 'shift' }) },
  { weight: 1, arbitrary: which.map<Step>((each) => ({ do: 'leave', which: each })) },
  { weight: 1, arbitrary: which.map<Step>((each) => ({ do: 'return', which: each })) },
);

/** Does the steps, and gives what was seen on the way; of a line and of its model the same. */
function seen(line: Pick<MemoryLine<Waiting>, 'add' | 'remove' | 'shift' | 'size'>, steps: readonly Step[]): unknown[] {
  const result: unknown[] = [];
  const inside: Waiting[] = [];
  const outside: Waiting[] = [];
  let last = 0;
  const shift = (): void => {
    const first = line.shift();
    result.push(first?.place);
    if (!first) return;
    inside.splice(inside.indexOf(first), 1);
    outside.push(first);
  };
  for (const each of steps) {
    if (each.do === 'shift') shift();
    else if (each.do === 'leave') {
      const [item = { place: -1 }] = inside.splice(each.which % Math.max(1, inside.length), 1);
      result.push(line.remove(item));
    } else {
      const returning =
        each.do === 'return' ? outside.splice(each.which % Math.max(1, outside.length), 1)[0] : undefined;
      const item = returning ?? { place: ++last };
      line.add(item);
      inside.push(item);
    }
    result.push(line.size);
  }
  while (line.size > 0) shift();
  return result;
}

function model(): Parameters<typeof seen>[0] {
  let items: Waiting[] = [];
  return {
    get size() {
      return items.length;
    },
    add: (item) => void (items = [...items, item].sort((a, b) => a.place - b.place)),
    shift: () => items.shift(),
    remove: (item) => items.length !== (items = items.filter((other) => other !== item)).length,
  };
}

test('a line is in the order of its places after any history', () =>
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      expect(seen(new MemoryLine<Waiting>(), steps)).toEqual(seen(model(), steps));
    }),
    { seed: 20_261_122, numRuns: 200 },
  ));

test('so it is when thousands have gone, whose room is given back', () => {
  const many = (count: number, each: Step): Step[] => Array<Step>(count).fill(each);
  const steps = [
    ...many(1_500, { do: 'join' }),
    ...many(1_100, { do: 'shift' }),
    ...many(5, { do: 'return', which: 7 }),
    ...many(300, { do: 'shift' }),
    ...many(5, { do: 'leave', which: 40 }),
  ];
  expect(seen(new MemoryLine<Waiting>(), steps)).toEqual(seen(model(), steps));
});
