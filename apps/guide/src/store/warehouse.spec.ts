import { MemoryStoreDriver, MemoryStoreEngine, STORE_DRIVER } from '@skerry/core';
import { eventually } from '@skerry-private/test-kit';
import { ManualClock, TestApp } from '@skerry/testing';
import { Reminders, Shelves, Warehouse, WarehouseModule } from './warehouse.js';

describe('a service that keeps something', () => {
  let clock: ManualClock;
  let nodes: TestApp[];

  beforeEach(async () => {
    clock = new ManualClock();
    const engine = new MemoryStoreEngine(clock);
    const start = (): Promise<TestApp> =>
      TestApp.create(WarehouseModule).override(STORE_DRIVER).useValue(new MemoryStoreDriver(engine)).start();
    nodes = [await start(), await start()];
  });
  afterEach(() => Promise.all(nodes.map((node) => node.close())));

  test('many who take from two nodes get each one once', async () => {
    await nodes[0]!.get(Shelves).fill('lamp', 20);
    const takes = Array.from({ length: 25 }, (_, i) => nodes[i % 2]!.get(Warehouse).take('lamp'));
    const outcomes = await Promise.allSettled(takes);
    const left = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(left.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(5);
  });

  test('a value that its class does not allow is not written', async () => {
    await expect(nodes[0]!.get(Shelves).fill('lamp', -1)).rejects.toMatchObject({ code: 'SKERRY_VALIDATION_FAILED' });
  });

  test('everything is listed, page by page', async () => {
    for (let i = 0; i < 250; i++) await nodes[0]!.get(Shelves).fill(`sku${i}`, i);
    expect(await nodes[1]!.get(Shelves).all()).toHaveLength(250);
  });

  test('a copy follows what other nodes do', async () => {
    const copy = new Map<string, number>();
    const stop = new AbortController();
    await nodes[0]!.get(Shelves).fill('lamp', 2);
    const following = nodes[1]!.get(Shelves).follow(copy, stop.signal);
    await nodes[0]!.get(Shelves).fill('chair', 7);
    await nodes[0]!.get(Shelves).take('lamp');
    await eventually(() =>
      expect([...copy]).toEqual(
        expect.arrayContaining([
          ['lamp', 1],
          ['chair', 7],
        ]),
      ),
    );
    stop.abort();
    await following;
  });

  test('one node an hour is told to remind', async () => {
    const due = (): Promise<boolean[]> => Promise.all(nodes.map((node) => node.get(Reminders).isDue('lamp')));
    expect((await due()).sort()).toEqual([false, true]);
    await clock.advance(3_599_999);
    expect(await due()).toEqual([false, false]);
    await clock.advance(1);
    expect((await due()).sort()).toEqual([false, true]);
  });
});
