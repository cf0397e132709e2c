import { Progress } from '../report/progress.js';
import { interleaved, type Subject } from './interleaved.js';

const quiet = new Progress(() => undefined, false);

/** Writes down what it is told. `fails` at its nth measurement. */
function subject(name: string, told: string[], fails?: 'prepare' | number): Subject<number> {
  let measured = 0;
  return {
    name,
    async prepare() {
      told.push(`prepare ${name}`);
      if (fails === 'prepare') throw new Error('no port is free');
    },
    async measure() {
      told.push(`measure ${name}`);
      if (++measured === fails) throw new Error('the answer was wrong');
      return measured;
    },
    async end() {
      told.push(`end ${name}`);
    },
  };
}

test('takes turns, round by round', async () => {
  const told: string[] = [];
  const measured = await interleaved([subject('a', told), subject('b', told)], 2, quiet);
  const round = ['measure a', 'measure b'];
  expect(told).toEqual(['prepare a', 'prepare b', ...round, ...round, 'end a', 'end b']);
  expect(measured).toEqual([
    { name: 'a', samples: [1, 2] },
    { name: 'b', samples: [1, 2] },
  ]);
});

test('one that fails is ended once and says why, and the others go on', async () => {
  const told: string[] = [];
  const measured = await interleaved(
    [subject('a', told, 'prepare'), subject('b', told, 2), subject('c', told)],
    3,
    quiet,
  );
  expect(measured).toEqual([
    { name: 'a', samples: [], failure: 'no port is free' },
    { name: 'b', samples: [], failure: 'the answer was wrong' },
    { name: 'c', samples: [1, 2, 3] },
  ]);
  for (const name of ['a', 'b', 'c']) expect(told.filter((each) => each === `end ${name}`)).toHaveLength(1);
  expect(told).not.toContain('measure a');
  expect(told.filter((each) => each === 'measure b')).toHaveLength(2);
});
