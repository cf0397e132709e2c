import { eventually } from './eventually.js';

test('gives what the check returned once it no longer throws', async () => {
  let tries = 0;
  const result = await eventually(
    () => {
      if (++tries < 3) throw new Error('too early');
      return `try ${tries}`;
    },
    { everyMs: 1 },
  );
  expect(result).toBe('try 3');
});

test('tries again while the check returns false', async () => {
  let tries = 0;
  await eventually(() => ++tries === 3, { everyMs: 1 });
  expect(tries).toBe(3);
});

test('rejects with the last failure when the time is over', async () => {
  const failing = eventually(() => Promise.reject(new Error('2 nodes, not 3')), { withinMs: 30, everyMs: 5 });
  await expect(failing).rejects.toThrow(/not within 30 ms, in \d+ tries: 2 nodes, not 3/);
});

test('rejects when a single try never ends', async () => {
  const never = eventually(() => new Promise<never>(() => undefined), { withinMs: 30 });
  await expect(never).rejects.toThrow('not within 30 ms, in 1 tries: the first try has not ended');
});
