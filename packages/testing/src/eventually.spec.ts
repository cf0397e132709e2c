import { eventually, ManualClock, resultOf } from './index.js';

describe('by the system’s clock', () => {
  test('repeats a check until it neither throws nor returns false', async () => {
    let tries = 0;
    const check = (): number | false => {
      tries++;
      if (tries === 1) throw new Error('not yet');
      return tries === 2 ? false : tries;
    };
    await expect(eventually(check, { everyMs: 1 })).resolves.toBe(3);
  });

  test('rejects with the last failure, and with how long it tried', async () => {
    const failing = eventually(() => Promise.reject(new RangeError('still wrong')), { withinMs: 30, everyMs: 5 });
    await expect(failing).rejects.toMatchObject({
      code: 'SKERRY_TEST_TIMEOUT',
      message: expect.stringMatching(/^not within \d+ ms, in \d+ tries: still wrong$/),
      cause: expect.any(RangeError),
    });
  });

  test('gives up a try that does not end', async () => {
    let begun = 0;
    const stuck = eventually(() => new Promise(() => begun++), { withinMs: 20 });
    await expect(stuck).rejects.toThrow(/in 1 tries: the first try has not ended/);
    expect(begun).toBe(1);
  });
});

describe('by a manual clock', () => {
  test('moves the time itself', async () => {
    const clock = new ManualClock();
    let rung = false;
    clock.setTimer(3_600_000, () => (rung = true));
    const startedAt = clock.now();
    await eventually(() => rung, { clock, withinMs: 7_200_000 });
    expect(clock.now() - startedAt).toBeLessThan(3_700_000);
  });

  test('moves it also while one try waits for it', async () => {
    const clock = new ManualClock();
    const work = async (): Promise<string> => {
      await clock.sleep(400);
      return 'done';
    };
    await expect(eventually(work, { clock })).resolves.toBe('done');
  });

  test('stops at its limit', async () => {
    const clock = new ManualClock();
    const startedAt = clock.now();
    await expect(eventually(() => false, { clock, withinMs: 1_000 })).rejects.toThrow(/^not within 1000 ms/);
    expect(clock.now() - startedAt).toBe(1_000);
  });

  test('gives up a try that does not end', async () => {
    const clock = new ManualClock();
    const stuck = eventually(() => clock.sleep(10_000), { clock, withinMs: 1_000 });
    await expect(stuck).rejects.toThrow(/the first try has not ended/);
  });

  test('leaves files and sockets their turn', async () => {
    const { readFile } = await import('node:fs/promises');
    const clock = new ManualClock();
    const work = () => readFile(new URL(import.meta.url), 'utf8');
    await expect(eventually(work, { clock, withinMs: 60_000, everyMs: 10 })).resolves.toContain('their turn');
  });
});

describe('the result of what waits', () => {
  test('is what it comes to, and time is moved for it', async () => {
    const clock = new ManualClock();
    const startedAt = clock.now();
    await expect(
      resultOf(
        clock.sleep(30_000).then(() => 'done'),
        { clock },
      ),
    ).resolves.toBe('done');
    expect(clock.now() - startedAt).toBeLessThan(31_000);
  });

  test('is its own failure, at once', async () => {
    const clock = new ManualClock();
    const startedAt = clock.now();
    const failure = new RangeError('no');
    await expect(resultOf(Promise.reject(failure), { clock })).rejects.toBe(failure);
    expect(clock.now()).toBe(startedAt);
    await expect(resultOf(Promise.reject(failure))).rejects.toBe(failure);
  });

  test('is waited for within a limit', async () => {
    const never = new Promise(() => undefined);
    const late = { code: 'SKERRY_TEST_TIMEOUT', message: expect.stringContaining('has not ended') };
    await expect(resultOf(never, { clock: new ManualClock() })).rejects.toMatchObject(late);
    await expect(resultOf(never, { withinMs: 20 })).rejects.toMatchObject(late);
  });
});
