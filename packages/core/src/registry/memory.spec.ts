import { getEventListeners } from 'node:events';
import { ManualClock } from '../clock/manual-clock.js';
import { never } from './abortable.js';
import { registryConformance } from './conformance/conformance.js';
import { MemoryRegistryEngine } from './memory-engine.js';
import { MemoryRegistryDriver } from './memory.js';
import type { NodeRecord } from './node-record.js';

const clock = new ManualClock();
const engine = new MemoryRegistryEngine(clock);

registryConformance(
  { describe, test },
  {
    open: async () => new MemoryRegistryDriver(engine),
    pass: (ms) => clock.advance(ms),
    restart: async (keepData) => {
      engine.stop();
      if (!keepData) engine.wipe();
      engine.resume();
    },
  },
);

describe('the memory registry', () => {
  const node: NodeRecord = {
    service: 'hurt',
    id: 'hurt-1',
    version: '1.0.0',
    addresses: {},
    weight: 10,
    metadata: {},
    endpoints: [],
    ttlMs: 60_000,
    epoch: 1,
  };

  test('reports nothing to a watch that ended in the same turn, and lets go of its signal', async () => {
    const driver = new MemoryRegistryDriver(engine);
    const stop = new AbortController();
    let reports = 0;
    const watch = driver.watch('hurt', () => reports++, stop.signal);
    const closing = driver.watch('hurt', () => reports++, never);
    engine.put(node);
    stop.abort();
    await driver.close();
    await Promise.all([watch, closing]);
    await clock.settle();
    expect(reports).toBe(0);
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
    expect(getEventListeners(never, 'abort')).toEqual([]);
    engine.wipe();
  });

  test('can be stopped: it refuses, and breaks its watches', async () => {
    const driver = new MemoryRegistryDriver(engine);
    const watch = driver.watch('hurt', () => undefined, never);
    engine.stop();
    await expect(watch).rejects.toThrow('the engine is stopped');
    await expect(driver.watch('hurt', () => undefined, never)).rejects.toThrow('the engine is stopped');
    await expect(driver.register(node, never)).rejects.toThrow('the engine is stopped');
    engine.resume();
    await driver.register(node, never);
    expect(engine.nodes('hurt')).toEqual([node]);
    engine.wipe();
  });

  test('can be frozen: it answers and reports when it thaws, or not at all', async () => {
    const driver = new MemoryRegistryDriver(engine);
    let reported: readonly NodeRecord[] = [];
    const stop = new AbortController();
    const watch = driver.watch('hurt', (nodes) => (reported = nodes), stop.signal);
    engine.freeze();
    const patience = new AbortController();
    const [given, late] = [driver.lookup('hurt', patience.signal), driver.lookup('hurt', never)];
    patience.abort(new Error('no more patience'));
    await expect(given).rejects.toThrow('no more patience');
    engine.put(node);
    await clock.advance(30_000);
    expect(reported).toEqual([]);
    engine.resume();
    expect(await late).toEqual([node]);
    expect(reported).toEqual([node]);
    stop.abort();
    await watch;
    engine.wipe();
  });

  test('can forget without a word', async () => {
    const driver = new MemoryRegistryDriver(engine);
    await driver.register(node, never);
    let reports = 0;
    const stop = new AbortController();
    const watch = driver.watch('hurt', () => reports++, stop.signal);
    engine.wipe();
    await clock.advance(120_000);
    expect(reports).toBe(0);
    expect(await driver.lookup('hurt', never)).toEqual([]);
    stop.abort();
    await watch;
  });
});
