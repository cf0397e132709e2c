import { getEventListeners } from 'node:events';
import { ManualClock } from '../clock/manual-clock.js';
import { SkerryError } from '../errors/skerry-error.js';
import { MemoryRegistryEngine } from './memory-engine.js';
import { MemoryRegistryDriver } from './memory.js';
import type { RegistryCapabilities } from './driver.js';
import type { NodeRecord } from './node-record.js';
import { Registry } from './registry.js';
import type { RegistryEvent } from './registry-events.js';
import type { RegistryOptions } from './registry-options.js';

const node = (name: string, change: Partial<NodeRecord> = {}): NodeRecord => ({
  service: 'echo',
  id: `echo-${name}`,
  version: '1.0.0',
  addresses: { skerry: 'tcp://127.0.0.1:4101' },
  weight: 10,
  metadata: {},
  endpoints: [],
  ttlMs: 86_400_000,
  epoch: 1,
  ...change,
});

type Watch = Parameters<MemoryRegistryDriver['watch']>;

/** A memory driver that can lag and lie, and counts. */
class TestDriver extends MemoryRegistryDriver {
  looked = 0;
  watched = 0;
  watching = 0;
  /** What lookups answer instead of the engine. */
  answer?: (real: readonly NodeRecord[]) => unknown;
  beforeAnswer?: () => Promise<void>;
  watchInstead?: (...watch: Watch) => Promise<void>;

  override async lookup(service: string, signal: AbortSignal): Promise<readonly NodeRecord[]> {
    this.looked++;
    const nodes = await super.lookup(service, signal);
    await this.beforeAnswer?.();
    return (this.answer ? this.answer(nodes) : nodes) as readonly NodeRecord[];
  }

  override async watch(...watch: Watch): Promise<void> {
    this.watched++;
    this.watching++;
    try {
      await (this.watchInstead ? this.watchInstead(...watch) : super.watch(...watch));
    } finally {
      this.watching--;
    }
  }
}

/** A watch that lives and tells nothing. */
const silent = (...[, , signal]: Watch): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve()));

function setUp(capabilities: Partial<RegistryCapabilities> = {}, options: RegistryOptions = {}) {
  const clock = new ManualClock(11);
  const engine = new MemoryRegistryEngine(clock);
  const driver = new TestDriver(engine, capabilities);
  const events: RegistryEvent[] = [];
  const registry = new Registry(driver, clock, options, (event) => events.push(event));
  const count = (type: RegistryEvent['type']): number => events.filter((event) => event.type === type).length;
  return { clock, engine, driver, registry, events, count };
}

const ids = (nodes: readonly NodeRecord[]): string[] => nodes.map(({ id }) => id);
const some = (nodes: readonly NodeRecord[]): boolean => nodes.length > 0;

describe('a view of a service', () => {
  test('is empty and not loaded until the engine has answered', async () => {
    const { clock, engine, registry } = setUp();
    engine.put(node('a'));
    const view = registry.service('echo');
    expect(view.loaded).toBe(false);
    expect(view.nodes).toEqual([]);
    await clock.settle();
    expect(view.loaded).toBe(true);
    expect(view.nodes).toEqual([node('a')]);
    await registry.close();
  });

  test('follows what is reported, and keeps its array while nothing changes', async () => {
    const { clock, engine, registry, events, driver } = setUp();
    const view = registry.service('echo');
    await clock.advance(1_000);
    engine.put(node('b'));
    await clock.settle();
    const { nodes } = view;
    expect(ids(nodes)).toEqual(['echo-b']);
    expect(Object.isFrozen(nodes)).toBe(true);
    expect(Object.isFrozen(nodes[0]!.addresses)).toBe(true);

    await clock.advance(120_000);
    expect(driver.looked).toBeGreaterThanOrEqual(5);
    expect(view.nodes).toBe(nodes);

    engine.put(node('a'));
    engine.put(node('b', { weight: 20, epoch: 2 }));
    await clock.advance(100);
    expect(ids(view.nodes)).toEqual(['echo-a', 'echo-b']);
    engine.delete(node('a'));
    await clock.advance(100);
    expect(ids(view.nodes)).toEqual(['echo-b']);
    expect(events).toMatchObject([
      { type: 'service-changed', service: 'echo', joined: [{ id: 'echo-b' }], updated: [], left: [] },
      { type: 'service-changed', joined: [{ id: 'echo-a' }], updated: [{ id: 'echo-b', weight: 20 }], left: [] },
      { type: 'service-changed', joined: [], updated: [], left: [{ id: 'echo-a' }] },
    ]);
    await registry.close();
  });

  test('costs one lookup and one watch, however many wait for a cold service', async () => {
    const { engine, driver, registry } = setUp();
    engine.put(node('a'));
    const waiting = Array.from({ length: 100 }, () => registry.service('echo').wait(some));
    for (const nodes of await Promise.all(waiting)) expect(ids(nodes)).toEqual(['echo-a']);
    expect(driver.looked).toBe(1);
    expect(driver.watched).toBe(1);
    await registry.close();
  });

  test('is told by one listener what another view of the same service sees', async () => {
    const { clock, engine, registry, events } = setUp();
    const seen: string[][] = [];
    const end = registry.service('echo').onChange((nodes) => seen.push(ids(nodes)));
    registry.service('echo').onChange(() => {
      throw new Error('a bug of the listener');
    });
    await clock.settle();
    engine.put(node('a'));
    await clock.advance(200);
    engine.put(node('b'));
    await clock.advance(200);
    end();
    engine.put(node('c'));
    await clock.advance(200);
    expect(seen).toEqual([['echo-a'], ['echo-a', 'echo-b']]);
    expect(events.filter(({ type }) => type === 'listener-failed')).toHaveLength(3);
    await registry.close();
  });

  test('is rebuilt ten times a second at most, and ends up right', async () => {
    const { clock, engine, registry } = setUp();
    const view = registry.service('echo');
    await clock.advance(1_000);
    let rebuilt = 0;
    view.onChange(() => rebuilt++);
    for (let i = 0; i < 500; i++) {
      engine.put(node(`n${i % 50}`, { epoch: i + 2, weight: 1 + (i % 100) }));
      await clock.advance(4);
    }
    await clock.advance(100);
    expect(rebuilt).toBeGreaterThan(10);
    expect(rebuilt).toBeLessThanOrEqual(22);
    expect(new Set(view.nodes)).toEqual(new Set(engine.nodes('echo')));
    engine.delete(node('n1'));
    await clock.settle();
    engine.delete(node('n2'));
    await clock.settle();
    await registry.close();
    // Those by which the engine will expire its records; none for the report that was held back.
    expect(clock.pendingTimers).toBe(engine.nodes('echo').length);
  });

  test('does not fall back to a list that is older than a report', async () => {
    const { clock, engine, driver, registry } = setUp();
    engine.put(node('a'));
    let answer!: () => void;
    driver.beforeAnswer = () => new Promise((resolve) => (answer = resolve));
    const view = registry.service('echo');
    await clock.settle();
    engine.put(node('b'));
    await clock.settle();
    answer();
    await clock.settle();
    expect(ids(view.nodes)).toEqual(['echo-a', 'echo-b']);
    delete driver.beforeAnswer;
    await registry.close();
  });
});

describe('waiting for a service', () => {
  test('ends as soon as the nodes are as wanted', async () => {
    const { clock, engine, registry } = setUp();
    const waiting = registry.service('echo').wait((nodes) => nodes.length >= 2);
    await clock.advance(1_000);
    engine.put(node('a'));
    await clock.advance(1_000);
    engine.put(node('b'));
    expect(ids(await waiting)).toEqual(['echo-a', 'echo-b']);
    await registry.close();
    expect(clock.pendingTimers).toBe(2);
  });

  test('asks only about what the engine has answered', async () => {
    const { clock, engine, registry } = setUp();
    engine.freeze();
    let asked = 0;
    const waiting = registry.service('echo').wait((nodes) => ++asked > 0 && nodes.length === 0);
    await clock.advance(4_000);
    expect(asked).toBe(0);
    engine.resume();
    expect(await waiting).toEqual([]);
    await registry.close();
  });

  test('ends with the reason of its signal, and leaves nothing', async () => {
    const { clock, registry } = setUp();
    const view = registry.service('echo');
    await clock.settle();
    const timers = clock.pendingTimers;
    const patience = new AbortController();
    const waiting = view.wait(some, patience.signal);
    const reason = new Error('no more patience');
    patience.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(view.wait(some, patience.signal)).rejects.toBe(reason);
    expect(getEventListeners(patience.signal, 'abort')).toEqual([]);
    expect(clock.pendingTimers).toBe(timers);
    await registry.close();
    expect(clock.pendingTimers).toBe(0);
  });

  test('ends when the registry closes', async () => {
    const { clock, engine, registry } = setUp();
    engine.put(node('a'));
    const view = registry.service('echo');
    const waiting = view.wait((nodes) => nodes.length > 1);
    await clock.settle();
    const closing = registry.close();
    await expect(waiting).rejects.toMatchObject({ code: 'SKERRY_APP_STATE' });
    await closing;
    expect(ids(view.nodes)).toEqual(['echo-a']);
    await expect(view.wait(some)).rejects.toMatchObject({ code: 'SKERRY_APP_STATE' });
  });

  test('ends with what the condition throws', async () => {
    const { registry } = setUp();
    const bug = new Error('a bug of the condition');
    const waiting = registry.service('echo').wait(() => {
      throw bug;
    });
    await expect(waiting).rejects.toBe(bug);
    await registry.close();
  });

  test('goes on while the engine is down, and ends at once when waiting cannot help', async () => {
    const { clock, engine, driver, registry } = setUp();
    engine.stop();
    const waiting = registry.service('echo').wait(some);
    await clock.advance(60_000);
    engine.resume();
    engine.put(node('a'));
    await clock.advance(5_000);
    expect(ids(await waiting)).toEqual(['echo-a']);

    driver.answer = () => {
      throw new SkerryError('SKERRY_REGISTRY_UNSAFE_DIRECTORY', 'not this directory');
    };
    const other = registry.service('other');
    await expect(other.wait(some)).rejects.toMatchObject({ code: 'SKERRY_REGISTRY_UNSAFE_DIRECTORY' });
    await registry.close();
  });
});

describe('a view of a service whose engine', () => {
  test('cannot watch finds changes within a second', async () => {
    const { clock, engine, driver, registry } = setUp({ watch: false });
    const view = registry.service('echo');
    await clock.settle();
    engine.put(node('a'));
    await clock.advance(1_000);
    expect(ids(view.nodes)).toEqual(['echo-a']);
    await clock.advance(60_000);
    expect(driver.looked).toBeGreaterThanOrEqual(60);
    expect(driver.looked).toBeLessThanOrEqual(70);
    expect(driver.watched).toBe(0);
    await registry.close();
  });

  test('has a watch that dies without a word is right again after a re-list', async () => {
    const { clock, engine, driver, registry } = setUp();
    driver.watchInstead = silent;
    const view = registry.service('echo');
    await clock.settle();
    engine.put(node('a'));
    await clock.advance(1_000);
    expect(view.nodes).toEqual([]);
    await clock.advance(29_000);
    expect(ids(view.nodes)).toEqual(['echo-a']);
    await registry.close();
  });

  test('loses a watch lists and watches again, at once', async () => {
    const { clock, engine, driver, registry, count } = setUp();
    let lose!: (error: Error) => void;
    driver.watchInstead = () => new Promise((_, reject) => (lose = reject));
    const view = registry.service('echo');
    await clock.settle();
    engine.put(node('a'));
    delete driver.watchInstead;
    lose(new Error('compacted'));
    await clock.advance(200);
    expect(ids(view.nodes)).toEqual(['echo-a']);
    engine.put(node('b'));
    await clock.advance(200);
    expect(ids(view.nodes)).toEqual(['echo-a', 'echo-b']);
    expect(count('watch-lost')).toBe(1);
    expect(view.failure).toBeUndefined();
    await registry.close();
  });

  test('has a watch that never holds is asked with patience, told of once, and seen through lists', async () => {
    const { clock, engine, driver, registry, events, count } = setUp();
    driver.watchInstead = () => Promise.reject(new Error('too many watches'));
    const view = registry.service('echo');
    await clock.advance(60_000);
    engine.put(node('a'));
    await clock.advance(3_000);
    expect(ids(view.nodes)).toEqual(['echo-a']);
    const before = driver.watched;
    await clock.advance(300_000);
    expect(driver.watched - before).toBeLessThanOrEqual(200);
    expect(count('watch-lost')).toBe(1);
    expect(events[0]).toMatchObject({
      type: 'watch-lost',
      error: {
        code: 'SKERRY_REGISTRY_UNAVAILABLE',
        message: 'cannot watch echo in the memory registry: too many watches',
      },
    });
    await registry.close();
  });

  test('has a watch that ends by itself is watched again', async () => {
    const { clock, driver, registry, count } = setUp();
    driver.watchInstead = () => Promise.resolve();
    registry.service('echo');
    await clock.advance(10_000);
    expect(driver.watched).toBeGreaterThan(3);
    expect(count('watch-lost')).toBe(1);
    await registry.close();
  });

  test('fails keeps the last known nodes, and tells so once', async () => {
    const { clock, engine, registry, events, count } = setUp();
    engine.put(node('a'));
    const view = registry.service('echo');
    await clock.advance(1_000);
    engine.stop();
    await clock.advance(60_000);
    expect(ids(view.nodes)).toEqual(['echo-a']);
    expect(view.loaded).toBe(true);
    expect(view.failure).toMatchObject({ code: 'SKERRY_REGISTRY_UNAVAILABLE', details: { engine: 'memory' } });
    expect(count('service-failing')).toBe(1);
    expect(events.find(({ type }) => type === 'service-failing')).toMatchObject({ service: 'echo', kept: 1 });

    engine.resume();
    await clock.advance(5_000);
    expect(view.failure).toBeUndefined();
    expect(count('service-recovered')).toBe(1);
    expect(ids(view.nodes)).toEqual(['echo-a']);
    await registry.close();
  });

  test.each(['its watch was lost', 'it failed'])(
    'comes back without some nodes, after %s, keeps them until they had the time to register again',
    async (how) => {
      const { clock, engine, driver, registry } = setUp();
      for (const name of ['a', 'b', 'c']) engine.put(node(name));
      const view = registry.service('echo');
      await clock.advance(1_000);
      if (how === 'it failed') {
        engine.freeze();
        await clock.advance(40_000);
        expect(view.failure).toBeDefined();
      } else engine.stop();
      engine.wipe();
      engine.put(node('b', { epoch: 2 }));
      engine.resume();
      await clock.advance(5_000);
      expect(ids(view.nodes)).toEqual(['echo-a', 'echo-b', 'echo-c']);
      engine.put(node('c', { epoch: 2 }));
      await clock.advance(6_000);
      expect(view.nodes.map(({ id, epoch }) => `${id}@${epoch}`)).toEqual(['echo-b@2', 'echo-c@2']);
      // From then on, who leaves is gone.
      engine.delete(node('c'));
      await clock.advance(100);
      expect(ids(view.nodes)).toEqual(['echo-b']);
      const { looked } = driver;
      await clock.advance(25_000);
      expect(driver.looked - looked).toBeLessThanOrEqual(1);
      await registry.close();
      expect(clock.pendingTimers).toBe(1); // b's TTL, in the engine.
    },
  );

  test('fails for ten minutes is not believed any longer', async () => {
    const { clock, engine, registry, events } = setUp();
    engine.put(node('a'));
    const view = registry.service('echo');
    await clock.advance(1_000);
    engine.freeze();
    await clock.advance(599_000);
    expect(ids(view.nodes)).toEqual(['echo-a']);
    await clock.advance(60_000);
    expect(view.nodes).toEqual([]);
    expect(view.loaded).toBe(false);
    expect(events.filter(({ type }) => type === 'service-stale')).toMatchObject([{ service: 'echo', dropped: 1 }]);
    engine.resume();
    await clock.advance(10_000);
    expect(ids(view.nodes)).toEqual(['echo-a']);
    expect(view.loaded).toBe(true);
    await registry.close();
  });

  test('reports nothing does not keep a dead node beyond its TTL and a second', async () => {
    const { clock, engine, driver, registry } = setUp();
    driver.watchInstead = silent;
    engine.put(node('a', { ttlMs: 3_000 }));
    const view = registry.service('echo');
    await clock.settle();
    expect(ids(view.nodes)).toEqual(['echo-a']);
    await clock.advance(4_000);
    expect(view.nodes).toEqual([]);
    await registry.close();
  });

  test('lags keeps the higher epoch until it could have expired', async () => {
    const { clock, engine, driver, registry } = setUp();
    engine.put(node('a', { epoch: 5, ttlMs: 60_000, weight: 50 }));
    const view = registry.service('echo');
    await clock.settle();
    driver.answer = () => [node('a', { epoch: 4, ttlMs: 60_000, weight: 40 })];
    driver.watchInstead = silent;
    await clock.advance(45_000);
    expect(view.nodes[0]!.weight).toBe(50);
    await clock.advance(50_000);
    expect(view.nodes[0]!.weight).toBe(40);
    await registry.close();
  });

  test('holds records that are none leaves those out, tells once, and again when there are more', async () => {
    const { clock, engine, driver, registry, events, count } = setUp();
    engine.put(node('a'));
    const strangers: unknown[] = [
      null,
      7,
      { service: 'echo' },
      node('b', { weight: 1000 }),
      node('c', { service: 'other' }),
    ];
    driver.answer = (nodes) => [...nodes, ...strangers, node('a', { epoch: 0 })];
    const view = registry.service('echo');
    await clock.advance(120_000);
    expect(view.nodes).toEqual([node('a')]);
    expect(count('records-malformed')).toBe(1);
    expect(events.find(({ type }) => type === 'records-malformed')).toMatchObject({ service: 'echo', count: 5 });
    strangers.push('one more');
    await clock.advance(120_000);
    expect(count('records-malformed')).toBe(2);
    await registry.close();
  });

  test('answers and reports what is no list counts as failing', async () => {
    const { clock, driver, registry, count } = setUp();
    let report!: (nodes: readonly NodeRecord[]) => void;
    driver.answer = () => ({ not: 'a list' });
    driver.watchInstead = (service, changed, signal) => {
      report = changed;
      return silent(service, changed, signal);
    };
    const view = registry.service('echo');
    await clock.settle();
    expect(view.failure).toMatchObject({ code: 'SKERRY_REGISTRY_UNAVAILABLE' });
    report(7 as unknown as readonly NodeRecord[]);
    await clock.settle();
    expect(view.loaded).toBe(false);
    expect(count('service-failing')).toBe(1);
    await registry.close();
  });
});

describe('a view that nobody reads', () => {
  test('is given up after ten minutes, and comes back to life when it is read', async () => {
    const { clock, engine, driver, registry } = setUp();
    engine.put(node('a'));
    const view = registry.service('echo');
    await clock.advance(300_000);
    expect(ids(view.nodes)).toEqual(['echo-a']);
    await clock.advance(590_000);
    expect(driver.watching).toBe(1);
    await clock.advance(60_000);
    expect(driver.watching).toBe(0);
    const { looked } = driver;
    await clock.advance(3_600_000);
    expect(driver.looked).toBe(looked);

    expect(view.nodes).toEqual([]);
    await clock.settle();
    expect(ids(view.nodes)).toEqual(['echo-a']);
    expect(ids(registry.service('echo').nodes)).toEqual(['echo-a']);
    expect(driver.watching).toBe(1);
    await registry.close();
    expect(driver.watching).toBe(0);
  });

  test('stays as long as somebody listens or waits', async () => {
    const { clock, driver, registry } = setUp();
    const end = registry.service('listened').onChange(() => undefined);
    const patience = new AbortController();
    const waiting = registry.service('awaited').wait(some, patience.signal);
    await clock.advance(3_600_000);
    expect(driver.watching).toBe(2);
    end();
    patience.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await clock.advance(660_000);
    expect(driver.watching).toBe(0);
    expect(clock.pendingTimers).toBe(0);
    await registry.close();
  });
});
