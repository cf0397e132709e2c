import { ManualClock } from '../clock/manual-clock.js';
import type { NodeRecord } from './node-record.js';
import { RecordWatch } from './record-watch.js';
import { resolveRegistryOptions } from './registry-options.js';
import type { SharedWatches } from './shared-watches.js';

const intervalMs = 20_000;
const mine = { id: 'echo-1', epoch: 3 } as NodeRecord;

function setUp() {
  const clock = new ManualClock(5);
  const looks: number[] = [];
  const state = { expected: mine as NodeRecord | undefined };
  const look = (): void => void looks.push(clock.now());
  let listeners = 0;
  const listen = (): (() => void) => {
    listeners++;
    return () => (listeners = 0);
  };
  const ground = {
    clock,
    options: resolveRegistryOptions({ intervalMs }),
    watches: { listen } as unknown as SharedWatches,
  };
  const watch = new RecordWatch('echo', ground, () => state.expected, look);
  return { clock, looks, state, watch, listeners: () => listeners };
}

describe('the watch over a record', () => {
  test.each<[string, unknown]>([
    ['leaves it out', [{ id: 'echo-2', epoch: 3 }]],
    ['is empty', []],
    ['shows it at a lower epoch', [{ id: 'echo-1', epoch: 2 }]],
    ['shows it, and above it another', [mine, { id: 'echo-1', epoch: 4 }]],
    ['is no list', 'nothing'],
  ])('wakes its keeper, once and within 0.1 s, when a report %s', async (_, list) => {
    const { clock, looks, watch } = setUp();
    watch.reported(list);
    watch.reported(list);
    expect(looks).toEqual([]);
    await clock.advance(100);
    expect(looks).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });

  test.each<[string, unknown]>([
    ['that', [mine]],
    ['older ones of it', [{ id: 'echo-1', epoch: 2 }, mine, { id: 'echo-1', epoch: 1 }]],
    ['what is no record', [null, undefined, 7, {}, mine]],
  ])('lets its keeper sleep while reports show %s', async (_, list) => {
    const { clock, looks, watch } = setUp();
    watch.reported(list);
    await clock.advance(60_000);
    expect(looks).toEqual([]);
  });

  test('wakes its keeper after a gap, unless a report shows the record first', async () => {
    const { clock, looks, watch } = setUp();
    watch.lost();
    await clock.advance(60_000);
    expect(looks).toEqual([]);
    watch.resumed();
    watch.reported([mine]);
    await clock.advance(60_000);
    expect(looks).toEqual([]);
    watch.resumed();
    await clock.advance(1_000);
    expect(looks).toHaveLength(1);
  });

  test('ends with its keeper, and where each change would be told to hundreds of nodes', async () => {
    const { clock, looks, watch, listeners } = setUp();
    const siblings = Array.from({ length: 200 }, (_, at) => ({ id: `echo-${at + 2}`, epoch: 1 }));
    watch.reported(siblings);
    expect(listeners()).toBe(1);
    watch.reported([...siblings, mine]);
    expect(listeners()).toBe(0);
    await clock.advance(60_000);
    expect(looks).toEqual([]);

    const another = setUp();
    another.watch.reported([]);
    another.watch.end();
    expect(another.listeners()).toBe(0);
    expect(another.clock.pendingTimers).toBe(0);
  });

  test('expects nothing while the record need not be shown', async () => {
    const { clock, looks, state, watch } = setUp();
    delete state.expected;
    watch.reported([]);
    watch.resumed();
    expect(clock.pendingTimers).toBe(0);
    state.expected = mine;
    watch.reported([]);
    delete state.expected;
    await clock.advance(1_000);
    expect(looks).toEqual([]);
  });

  test('of an engine that tells old lists all the time costs little more than one look in each interval', async () => {
    const { clock, looks, watch } = setUp();
    const anHour = clock.now() + 3_600_000;
    while (clock.now() < anHour) {
      watch.reported([]);
      await clock.advance(250);
    }
    // Half of each wait is by chance.
    expect(looks.length).toBeLessThan((3_600_000 / intervalMs) * 2);
    expect(looks.length).toBeGreaterThan(3_600_000 / intervalMs / 2);
  });

  test('is as quick again when it was calm for two intervals', async () => {
    const { clock, looks, watch } = setUp();
    for (let i = 0; i < 12; i++) {
      watch.reported([]);
      await clock.advance(intervalMs);
    }
    watch.reported([mine]);
    await clock.advance(2 * intervalMs);
    const before = looks.length;
    watch.reported([]);
    await clock.advance(100);
    expect(looks).toHaveLength(before + 1);
  });
});
