import { ManualClock } from '../clock/manual-clock.js';
import { MemoryStoreDriver } from '../store/memory.js';
import { MemoryStoreEngine } from '../store/memory-engine.js';
import { Store } from '../store/store.js';
import type { DedupeLease } from '../broker/dedupe.js';
import { DedupeInStore } from './dedupe-in-store.js';
import type { ProcessId } from './process-id.js';

/** Its next write is done, and nobody is told. */
class LossyDriver extends MemoryStoreDriver {
  loses = false;

  override async put(...put: Parameters<MemoryStoreDriver['put']>): ReturnType<MemoryStoreDriver['put']> {
    const outcome = await super.put(...put);
    if (!this.loses) return outcome;
    this.loses = false;
    throw new Error('the connection broke');
  }
}

const { signal } = new AbortController();
const leaseMs = 40_000;

describe('leases on messages', () => {
  let clock: ManualClock;
  let engine: MemoryStoreEngine;
  let dead: Set<number>;

  beforeEach(() => {
    clock = new ManualClock();
    engine = new MemoryStoreEngine(clock);
    dead = new Set();
  });

  function logOf(pid: number, driver = new MemoryStoreDriver(engine)): DedupeInStore {
    const self: ProcessId = { place: 'here', pid, begun: '1' };
    const store = new Store(driver, clock);
    return new DedupeInStore(store, clock, self, (of) => dead.has(of.pid));
  }

  const begin = (log: DedupeInStore): Promise<DedupeLease | 'running' | 'handled'> =>
    log.begin('q', 'a', leaseMs, signal);
  const lease: unknown = expect.objectContaining({ lease: expect.any(String) as string });

  test('of a process that lives are kept, however silent it is, until their time is over', async () => {
    const [first, second] = [logOf(1), logOf(2)];
    expect(await begin(first)).toEqual(lease);
    await clock.advance(leaseMs - 1);
    expect(await begin(second)).toBe('running');
    // Also of the same process: another delivery of the message may be there.
    expect(await begin(first)).toBe('running');
    await clock.advance(1);
    expect(await begin(second)).toEqual(lease);
  });

  test('of a process that is dead go at once to one of those who ask', async () => {
    await begin(logOf(1));
    const others = [logOf(2), logOf(3), logOf(4)];
    dead.add(1);
    const answers = await Promise.all(others.map(begin));
    expect(answers.filter((each) => each !== 'running')).toEqual([lease]);
    expect(answers.filter((each) => each === 'running')).toHaveLength(2);
  });

  test('that were lost give back nothing: neither the lease of the next one nor what it has recorded', async () => {
    const [first, second, third] = [logOf(1), logOf(2), logOf(3)];
    const lost = (await begin(first)) as DedupeLease;
    await clock.advance(leaseMs);
    await begin(second);
    await first.failed('q', 'a', lost, signal);
    expect(await begin(third)).toBe('running');
    await second.done('q', 'a', 60_000, signal);
    await first.failed('q', 'a', lost, signal);
    expect(await begin(third)).toBe('handled');
  });

  test('are given back by whoever fails', async () => {
    const [first, second] = [logOf(1), logOf(2)];
    await first.failed('q', 'a', (await begin(first)) as DedupeLease, signal);
    expect(await begin(second)).toEqual(lease);
  });

  test('whose claim was answered to nobody are taken over by the same process at once, and by no other', async () => {
    const driver = new LossyDriver(engine);
    const [first, second] = [logOf(1, driver), logOf(2)];
    driver.loses = true;
    await expect(begin(first)).rejects.toMatchObject({ code: 'SKERRY_STORE_UNAVAILABLE' });
    expect(await begin(second)).toBe('running');
    const answers = await Promise.all([begin(first), begin(first), begin(second)]);
    expect(answers.filter((each) => each !== 'running')).toEqual([lease]);
    expect(await begin(first)).toBe('running');
    await first.failed('q', 'a', answers.find((each) => each !== 'running') as DedupeLease, signal);
    expect(await begin(second)).toEqual(lease);
    expect(await begin(first)).toBe('running');
  });

  test('that could not be given back are taken over by the same process', async () => {
    const [first, second] = [logOf(1), logOf(2)];
    const lost = (await begin(first)) as DedupeLease;
    engine.stop();
    await expect(first.failed('q', 'a', lost, signal)).rejects.toMatchObject({ code: 'SKERRY_STORE_UNAVAILABLE' });
    engine.resume();
    expect(await begin(second)).toBe('running');
    expect(await begin(first)).toEqual(lease);
    expect(await begin(first)).toBe('running');
  });

  test('are forgotten when the message was handled, and that is remembered for its window, also of a dead process', async () => {
    const [first, second] = [logOf(1), logOf(2)];
    await begin(first);
    await first.done('q', 'a', 60_000, signal);
    dead.add(1);
    await clock.advance(59_999);
    expect(await begin(second)).toBe('handled');
    await clock.advance(1);
    expect(await begin(second)).toEqual(lease);
  });
});
