import { seed, withRandom } from './seed.js';

const given = process.env['SKERRY_SEED'];
afterEach(() => {
  if (given === undefined) delete process.env['SKERRY_SEED'];
  else process.env['SKERRY_SEED'] = given;
});

const firstThree = () => withRandom((random) => [random(), random(), random()]);

test('the same seed gives the same numbers, another one others', async () => {
  process.env['SKERRY_SEED'] = '42';
  const once = await firstThree();
  expect(await firstThree()).toEqual(once);
  process.env['SKERRY_SEED'] = '43';
  expect(await firstThree()).not.toEqual(once);
});

test('numbers are spread over [0, 1)', async () => {
  process.env['SKERRY_SEED'] = '1';
  const tenths = await withRandom((random) => {
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) counts[Math.floor(random() * 10)]!++;
    return counts;
  });
  expect(tenths).toHaveLength(10);
  for (const count of tenths) expect(count).toBeGreaterThan(850);
});

test('a failure says how to repeat it', async () => {
  process.env['SKERRY_SEED'] = '42';
  const failure = await withRandom(() => Promise.reject(new Error('3 nodes left'))).catch((error: Error) => error);
  expect(failure.message).toBe('3 nodes left\n(SKERRY_SEED=42 repeats it)');
  expect(failure.stack).toContain('3 nodes left\n(SKERRY_SEED=42 repeats it)\n    at ');
});

test('without a given seed each is new', () => {
  delete process.env['SKERRY_SEED'];
  expect(seed()).not.toBe(seed());
});

test.each(['-1', '1.5', 'many', '4294967296'])('refuses %s as a seed', (value) => {
  process.env['SKERRY_SEED'] = value;
  expect(() => seed()).toThrow(`SKERRY_SEED is "${value}"; it must be a whole number from 0 to 4294967295`);
});
