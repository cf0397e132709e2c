import { getEventListeners } from 'node:events';
import { ManualClock, type NodeRecord } from '@skerry/core';
import { record } from './fixtures/record.js';
import { Watches, type Ask } from './watches.js';

interface Question {
  readonly service: string;
  readonly index: bigint | undefined;
  readonly waitMs: number;
  readonly signal: AbortSignal;
  answer(index: bigint | undefined, ...names: string[]): Promise<void>;
  fail(error: Error): Promise<void>;
}

describe('watching by questions that are held', () => {
  let clock: ManualClock;
  let asked: Question[];
  const reports: string[][] = [];
  const changed = (nodes: readonly NodeRecord[]): void => void reports.push(nodes.map(({ id }) => id));

  const watches = (waitMs = 30_000, maxWatches = 10): Watches => {
    const ask: Ask = (service, index, heldMs, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        asked.push({
          service,
          index,
          waitMs: heldMs,
          signal,
          async answer(next, ...names) {
            resolve({ index: next, body: [], nodes: names.map((id) => ({ ...record, id })) });
            await clock.settle();
          },
          async fail(error) {
            reject(error);
            await clock.settle();
          },
        });
      });
    return new Watches(ask, clock, waitMs, maxWatches);
  };

  beforeEach(() => {
    clock = new ManualClock();
    asked = [];
    reports.length = 0;
  });

  test('reports every answer, and waits on its index', async () => {
    const stop = new AbortController();
    const watch = watches().watch('orders', changed, stop.signal);
    await clock.settle();
    await asked[0]!.answer(5n, 'a');
    await clock.advance(100);
    await clock.advance(1_000);
    await asked[1]!.answer(5n, 'a');
    await asked[2]!.answer(6n, 'a', 'b');
    await clock.advance(100);
    expect(asked.map(({ index }) => index)).toEqual([undefined, 5n, 5n, 6n]);
    expect(reports).toEqual([['a'], ['a'], ['a', 'b']]);
    stop.abort();
    await watch;
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('is lost with an index that went back, and tells nothing of what it came with', async () => {
    const watching = watches();
    const watch = watching.watch('orders', changed, new AbortController().signal);
    const lost = expect(watch).rejects.toThrow('the servers lost their history: index 3 came after 5');
    await clock.settle();
    await asked[0]!.answer(5n, 'a');
    await clock.advance(100);
    await asked[1]!.answer(3n, 'x');
    await lost;
    expect(reports).toEqual([['a']]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('starts over after the same index too early', async () => {
    const watching = watches();
    const watch = watching.watch('orders', changed, new AbortController().signal);
    await clock.settle();
    await asked[0]!.answer(5n, 'a');
    await clock.advance(100);
    await clock.advance(400);
    await asked[1]!.answer(5n, 'x');
    expect(asked[2]!.index).toBeUndefined();
    await asked[2]!.answer(3n, 'b');
    expect(reports.at(-1)).toEqual(['b']);
    watching.close();
    await watch;
  });

  test('waits longer and longer while nothing happens, and shortly again after it did', async () => {
    const watching = watches(7_000);
    const watch = watching.watch('orders', changed, new AbortController().signal);
    await clock.settle();
    await asked[0]!.answer(5n);
    await clock.advance(100);
    for (const index of [5n, 5n, 5n, 5n, 6n]) {
      await clock.advance(asked.at(-1)!.waitMs);
      await asked.at(-1)!.answer(index);
    }
    await clock.advance(100);
    expect(asked.slice(1).map(({ waitMs }) => waitMs)).toEqual([1_000, 2_000, 4_000, 7_000, 7_000, 1_000]);
    watching.close();
    await watch;
  });

  test('asks for a service in upheaval ten times a second at most, and once where it gets no index', async () => {
    const watching = watches();
    const watch = watching.watch('orders', changed, new AbortController().signal);
    const times: number[] = [];
    const begin = clock.now();
    for (const index of [1n, 2n, undefined, 3n]) {
      await clock.settle();
      times.push(clock.now() - begin);
      await asked.at(-1)!.answer(index);
      const { length } = asked;
      while (asked.length === length) await clock.advance(50);
    }
    expect(times).toEqual([0, 100, 200, 1_200]);
    watching.close();
    await watch;
  });

  test('rejects when a question is not answered in time, or fails', async () => {
    const watching = watches();
    const slow = watching.watch('orders', changed, new AbortController().signal).catch((error: unknown) => error);
    await clock.settle();
    await clock.advance(5_000);
    expect(await slow).toMatchObject({ message: 'the agent did not answer within 5000 ms' });
    const held = watching.watch('orders', changed, new AbortController().signal).catch((error: unknown) => error);
    await clock.settle();
    await asked[1]!.answer(5n);
    await clock.advance(100);
    await clock.advance(6_061);
    expect(asked[2]!.signal.aborted).toBe(false);
    await clock.advance(2);
    expect(await held).toMatchObject({ message: 'the agent did not answer within 6063 ms' });
    const failing = watching.watch('orders', changed, new AbortController().signal).catch((error: unknown) => error);
    await clock.settle();
    await asked[3]!.fail(new Error('connection refused'));
    expect(await failing).toMatchObject({ message: 'connection refused' });
    expect(clock.pendingTimers).toBe(0);
  });

  test('of more services than may be asked about at once each has its turn, within one wait', async () => {
    const watching = watches(30_000, 2);
    const all = ['a', 'b', 'c'].map((service) => watching.watch(service, changed, new AbortController().signal));
    await clock.settle();
    expect(asked.map(({ service }) => service)).toEqual(['a', 'b']);
    for (let i = 0; i < 30; i++) {
      const { index, waitMs, answer } = asked[i]!;
      if (index !== undefined) await clock.advance(0.6 * waitMs);
      await answer(1n);
      await clock.advance(100);
    }
    expect(asked.slice(-6).map(({ service, waitMs }) => [service, waitMs])).toEqual(
      ['c', 'a', 'b', 'c', 'a', 'b'].map((service) => [service, 20_000]),
    );
    watching.close();
    await Promise.all(all);
    expect(clock.pendingTimers).toBe(0);
  });

  test('reports nothing that comes when it was closed', async () => {
    const watching = watches();
    const watch = watching.watch('orders', changed, new AbortController().signal);
    await clock.settle();
    watching.close();
    await asked[0]!.answer(1n, 'a');
    await watch;
    expect(reports).toEqual([]);
  });
});
