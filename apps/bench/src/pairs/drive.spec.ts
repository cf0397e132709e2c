import { drive } from './drive.js';

test('keeps as many in flight as it was told', async () => {
  let running = 0;
  let most = 0;
  const { count, tookMs } = await drive(
    async () => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
    },
    { inFlight: 5, forMs: 20 },
  );
  expect(most).toBe(5);
  expect(running).toBe(0);
  expect(count).toBeGreaterThan(5);
  expect(tookMs).toBeGreaterThanOrEqual(20);
});

test('one at a time, each is timed, however many they are', async () => {
  let done = 0;
  const { count, medianMs, tookMs } = await drive(
    async () => {
      done++;
    },
    { inFlight: 1, forMs: 60 },
  );
  expect(count).toBe(done);
  expect(medianMs).toBeLessThan(tookMs);
  expect(medianMs).toBeGreaterThanOrEqual(0);
});

test('a failure is passed on', async () => {
  const failing = () => drive(() => Promise.reject(new Error('refused')), { inFlight: 3, forMs: 1_000 });
  await expect(failing()).rejects.toThrow('refused');
});
