import { ManualClock } from '../clock/manual-clock.js';
import { SkerryError } from '../errors/skerry-error.js';
import { never } from './abortable.js';
import { MemoryRegistryEngine } from './memory-engine.js';
import { MemoryRegistryDriver } from './memory.js';
import type { NodeRecord } from './node-record.js';
import { Registry, type NodeDescription } from './registry.js';
import type { RegistryEvent } from './registry-events.js';

const echo: NodeDescription = {
  service: 'echo',
  id: 'echo-1',
  version: '1.0.0',
  addresses: { skerry: 'tcp://127.0.0.1:4101' },
  weight: 10,
  metadata: {},
  endpoints: [],
};

/** A memory driver that can lag, refuse and count. */
class TestDriver extends MemoryRegistryDriver {
  registered = 0;
  looked = 0;
  refusal?: Error;
  /** What lookups answer instead of the engine. */
  answer?: (real: readonly NodeRecord[]) => readonly NodeRecord[];
  beforeRegister?: () => Promise<void>;

  override async register(node: NodeRecord, signal: AbortSignal): Promise<void> {
    this.registered++;
    await this.beforeRegister?.();
    if (this.refusal) throw this.refusal;
    await super.register(node, signal);
  }

  override async lookup(service: string, signal: AbortSignal): Promise<readonly NodeRecord[]> {
    this.looked++;
    const nodes = await super.lookup(service, signal);
    return this.answer?.(nodes) ?? nodes;
  }
}

function setUp() {
  const clock = new ManualClock(7);
  const engine = new MemoryRegistryEngine(clock);
  const driver = new TestDriver(engine);
  const events: RegistryEvent[] = [];
  const states: string[] = [];
  const registry = new Registry(driver, clock, {}, (event) => {
    if (event.type === 'registration-changed') states.push(event.to);
    else events.push(event);
  });
  const types = (): string[] => events.map(({ type }) => type);
  return { clock, engine, driver, registry, events, types, states };
}

const coded = (code: string): Error => expect.objectContaining({ code }) as Error;

describe('a registration', () => {
  test('is ready when a lookup shows the node, and gone for all after deregistering', async () => {
    const { clock, engine, registry, events, types } = setUp();
    const registration = registry.register(echo);
    expect(registration.state).toBe('registering');
    await registration.ready;
    expect(registration.state).toBe('ready');
    expect(registration.failure).toBeUndefined();
    expect(engine.nodes('echo')).toEqual([{ ...echo, ttlMs: 60_000, epoch: 1 }]);
    expect(events).toEqual([{ type: 'registered', node: registration.node, tookMs: 0 }]);

    await registration.deregister();
    expect(registration.state).toBe('gone');
    expect(engine.nodes('echo')).toEqual([]);
    expect(types()).toEqual(['registered', 'deregistered']);
    await registration.deregister();
    await registration.ended;
    expect(clock.pendingTimers).toBe(0);
  });

  test('refreshes its node every 18 to 20 s, never twice alike, and does not change it', async () => {
    const { clock, engine, driver, registry, types } = setUp();
    const times: number[] = [];
    driver.beforeRegister = async () => void times.push(clock.now());
    const registration = registry.register(echo);
    await clock.advance(3_600_000);
    const intervals = times.slice(1).map((time, i) => time - times[i]!);
    expect(Math.min(...intervals)).toBeGreaterThanOrEqual(18_000);
    expect(Math.max(...intervals)).toBeLessThanOrEqual(20_000);
    expect(new Set(intervals).size).toBe(intervals.length);
    expect(engine.nodes('echo')[0]).toBe(registration.node);
    expect(registration.node.epoch).toBe(1);
    expect(types()).toEqual(['registered']);
  });

  test('registers again, under a higher epoch, what the engine lost silently', async () => {
    const { clock, engine, registry, events } = setUp();
    const registration = registry.register(echo);
    await registration.ready;
    const first = registration.node;
    engine.wipe();
    await clock.advance(20_000);
    expect(engine.nodes('echo')).toEqual([{ ...first, epoch: 2 }]);
    expect(registration.state).toBe('ready');
    expect(events.slice(1)).toEqual([
      { type: 'registration-lost', node: first },
      { type: 'registered', node: registration.node, tookMs: 0 },
    ]);
  });

  test('registers again at once what a report no longer shows, and does nothing for one that does', async () => {
    const { clock, engine, driver, registry, types } = setUp();
    const registration = registry.register(echo);
    await registration.ready;
    const other = { ...echo, id: 'echo-2', ttlMs: 60_000, epoch: 1 };
    engine.put(other);
    await clock.advance(1_000);
    expect(driver.registered).toBe(1);
    engine.delete(registration.node);
    await clock.advance(200);
    expect(engine.nodes('echo')).toEqual([other, registration.node]);
    expect(registration.node.epoch).toBe(2);
    expect(types()).toEqual(['registered', 'registration-lost', 'registered']);
  });

  test('is one of many that are all back, once, when the engine was started anew without its data', async () => {
    const { clock, engine, registry, types } = setUp();
    const registrations = Array.from({ length: 20 }, (_, i) => registry.register({ ...echo, id: `echo-${i}` }));
    await Promise.all(registrations.map(({ ready }) => ready));
    engine.stop();
    engine.wipe();
    engine.resume();
    await clock.advance(1_000);
    expect(engine.nodes('echo')).toHaveLength(20);
    expect(types().filter((type) => type === 'registered')).toHaveLength(40);
    // None of them twice: each time takes an epoch.
    expect(Math.max(...registrations.map(({ node }) => node.epoch))).toBe(40);
  });

  test('does not fight with another process for its id as fast as both can', async () => {
    const { clock, engine, driver, registry } = setUp();
    const rival = new Registry(new MemoryRegistryDriver(engine), clock);
    registry.register(echo);
    rival.register(echo);
    await clock.advance(60_000);
    const before = driver.registered;
    await clock.advance(600_000);
    // Of two that look every 20 s.
    expect(driver.registered - before).toBeLessThan(120);
    await Promise.all([registry.close(), rival.close()]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('is looked up once in an interval on an engine that cannot watch', async () => {
    const { clock, engine } = setUp();
    const driver = new TestDriver(engine, { watch: false });
    const registry = new Registry(driver, clock);
    const registration = registry.register(echo);
    await registration.ready;
    const before = driver.looked;
    await clock.advance(200_000);
    expect(driver.looked - before).toBeLessThanOrEqual(12);
    engine.delete(registration.node);
    await clock.advance(20_000);
    expect(engine.nodes('echo')).toEqual([registration.node]);
  });

  test('begins while the engine is down, tells so once, and succeeds when it is up', async () => {
    const { clock, engine, registry, events, types } = setUp();
    engine.stop();
    const registration = registry.register(echo);
    await clock.advance(60_000);
    expect(registration.failure).toBeDefined();
    expect(types()).toEqual(['registration-failing']);
    expect(events[0]).toMatchObject({ error: { code: 'SKERRY_REGISTRY_UNAVAILABLE', retryable: true } });
    engine.resume();
    await clock.advance(10_000);
    await registration.ready;
    expect(registration.state).toBe('ready');
    expect(types()).toEqual(['registration-failing', 'registered']);
  });

  test.each(['stop', 'freeze'] as const)(
    'is there once, within 10 s after the engine came back empty (%s)',
    async (fault) => {
      const { clock, engine, registry, types } = setUp();
      const registration = registry.register(echo);
      await clock.advance(5_000);
      engine[fault]();
      await clock.advance(30_000);
      expect(registration.failure).toBeDefined();
      engine.wipe();
      engine.resume();
      await clock.advance(10_000);
      expect(engine.nodes('echo')).toEqual([registration.node]);
      expect(registration.node.epoch).toBeGreaterThan(1);
      expect(types()).toEqual(['registered', 'registration-failing', 'registration-lost', 'registered']);
    },
  );

  test('keeps its epoch when the engine was away and lost nothing', async () => {
    const { clock, engine, registry, types } = setUp();
    const registration = registry.register(echo);
    await clock.advance(5_000);
    engine.stop();
    await clock.advance(30_000);
    engine.resume();
    await clock.advance(10_000);
    expect(registration.state).toBe('ready');
    expect(registration.node.epoch).toBe(1);
    expect(types()).toEqual(['registered', 'registration-failing', 'registered']);
  });

  test('backs off while the engine fails, to one try in 1.5 to 3 s', async () => {
    const { clock, engine, driver, registry } = setUp();
    engine.stop();
    registry.register(echo);
    await clock.advance(60_000);
    const before = driver.looked;
    expect(before).toBeGreaterThan(20);
    await clock.advance(300_000);
    expect(driver.looked - before).toBeGreaterThanOrEqual(100);
    expect(driver.looked - before).toBeLessThanOrEqual(200);
  });

  test('tries again soon after each first failure, however many there were before', async () => {
    const { clock, engine, driver, registry } = setUp();
    registry.register(echo);
    for (let i = 0; i < 3; i++) {
      engine.stop();
      await clock.advance(60_000);
      engine.resume();
      await clock.advance(10_000);
    }
    engine.stop();
    const before = driver.looked;
    while (driver.looked === before) await clock.advance(100);
    await clock.advance(100);
    expect(driver.looked).toBe(before + 2);
  });

  test('survives an engine that flaps, without a word for each try', async () => {
    const { clock, engine, registry, types } = setUp();
    const registration = registry.register(echo);
    await registration.ready;
    for (let i = 0; i < 20; i++) {
      engine.stop();
      await clock.advance(7_000);
      engine.resume();
      await clock.advance(3_000);
    }
    await clock.advance(20_000);
    expect(registration.state).toBe('ready');
    expect(engine.nodes('echo')).toEqual([registration.node]);
    expect(registration.node.epoch).toBe(1);
    const failures = types().filter((type) => type === 'registration-failing');
    expect(failures.length).toBeLessThanOrEqual(20);
    expect(types().filter((type) => type === 'registered')).toHaveLength(failures.length + 1);
  });

  test('steps over what an earlier process left under its id', async () => {
    const { engine, registry } = setUp();
    engine.put({ ...echo, ttlMs: 60_000, epoch: 41, weight: 1 });
    const registration = registry.register(echo);
    await registration.ready;
    expect(engine.nodes('echo')).toEqual([{ ...echo, ttlMs: 60_000, epoch: 42 }]);
  });

  test('tells when someone else took its id, and takes it back', async () => {
    const { clock, engine, registry, events } = setUp();
    const registration = registry.register(echo);
    await registration.ready;
    engine.put({ ...echo, ttlMs: 60_000, epoch: 9, weight: 1 });
    await clock.advance(20_000);
    expect(registration.node.epoch).toBe(10);
    expect(engine.nodes('echo')).toEqual([registration.node]);
    expect(events[1]).toMatchObject({ type: 'registration-lost', foundEpoch: 9 });
  });

  test('takes an old answer of a lagging replica for what it is', async () => {
    const { clock, engine, driver, registry, types } = setUp();
    const registration = registry.register(echo);
    await registration.ready;
    engine.wipe();
    await clock.advance(20_000);
    expect(registration.node.epoch).toBe(2);
    driver.answer = (nodes) => nodes.map((node) => ({ ...node, epoch: 1 }));
    await clock.advance(60_000);
    expect(registration.node.epoch).toBe(2);
    expect(types()).toEqual(['registered', 'registration-lost', 'registered']);
  });

  test('is not content with an old answer when it reads back what it registered', async () => {
    const { clock, engine, driver, registry, events } = setUp();
    const registration = registry.register(echo);
    await registration.ready;
    engine.wipe();
    const old = registration.node;
    driver.answer = (nodes) => (nodes.length > 0 ? [old] : []);
    await clock.advance(21_000);
    expect(registration.node.epoch).toBe(2);
    expect(registration.state).toBe('registering');
    delete driver.answer;
    await clock.advance(200);
    expect(registration.state).toBe('ready');
    expect(events.at(-1)).toMatchObject({ type: 'registered', node: { epoch: 2 } });
  });

  test('waits for a replica that lags to show what was registered', async () => {
    const { clock, driver, registry, types } = setUp();
    driver.answer = () => [];
    const registration = registry.register(echo);
    await clock.advance(3_000);
    expect(registration.state).toBe('registering');
    delete driver.answer;
    await clock.advance(200);
    expect(registration.state).toBe('ready');
    expect(driver.registered).toBe(1);
    expect(types()).toEqual(['registered']);
  });

  test('fails when the engine accepts the record and never shows it', async () => {
    const { clock, driver, registry, events } = setUp();
    driver.answer = () => [];
    const registration = registry.register(echo);
    await clock.advance(5_500);
    expect(registration.failure).toBeDefined();
    expect(events[0]).toMatchObject({ type: 'registration-failing', error: coded('SKERRY_REGISTRY_UNAVAILABLE') });
    expect(String((events[0] as { error: Error }).error.message)).toContain('no lookup shows it within 5000 ms');
  });

  test('is not ready, at once, when trying again cannot help; and tries again all the same', async () => {
    const { clock, driver, registry } = setUp();
    driver.refusal = new SkerryError('SKERRY_REGISTRY_UNSAFE_DIRECTORY', 'not this directory');
    const registration = registry.register(echo);
    await expect(registration.ready).rejects.toBe(driver.refusal);
    expect(registration.failure).toBeDefined();
    delete driver.refusal;
    await clock.advance(10_000);
    expect(registration.state).toBe('ready');
  });

  test('that is deregistered in the middle of a refresh leaves nothing behind', async () => {
    const { clock, engine, driver, registry } = setUp();
    const registration = registry.register(echo);
    await registration.ready;
    let arrive!: () => void;
    driver.beforeRegister = () => new Promise((resolve) => (arrive = resolve));
    await clock.advance(20_000);
    const deregistered = registration.deregister();
    await clock.settle();
    expect(engine.nodes('echo')).toHaveLength(1);
    arrive();
    await deregistered;
    await clock.advance(60_000);
    expect(engine.nodes('echo')).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('that is deregistered before it was ready says so', async () => {
    const { clock, engine, driver, registry } = setUp();
    engine.stop();
    const registration = registry.register(echo);
    await clock.settle();
    await registration.deregister();
    await expect(registration.ready).rejects.toEqual(coded('SKERRY_APP_STATE'));
    expect(driver.registered).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  test('that cannot be removed is gone all the same, and says how', async () => {
    const { clock, engine, registry, types } = setUp();
    const registration = registry.register(echo);
    await registration.ready;
    engine.stop();
    await expect(registration.deregister()).rejects.toEqual(coded('SKERRY_REGISTRY_UNAVAILABLE'));
    expect(registration.state).toBe('gone');
    expect(types()).toEqual(['registered', 'deregistration-failed']);
    engine.resume();
    await clock.advance(60_000);
    expect(engine.nodes('echo')).toEqual([]);
  });

  test('ends within the patience of whoever deregisters it', async () => {
    const { clock, engine, registry } = setUp();
    const registration = registry.register(echo);
    await registration.ready;
    engine.freeze();
    await clock.advance(20_000);
    const patience = new AbortController();
    const deregistered = registration.deregister(patience.signal);
    const reason = new Error('no more time');
    patience.abort(reason);
    await expect(deregistered).rejects.toBe(reason);
    await clock.advance(10_000);
    await registration.ended;
    expect(clock.pendingTimers).toBeLessThanOrEqual(1);
  });

  test('may follow another of the same id, with a higher epoch, once that has ended', async () => {
    const { engine, registry } = setUp();
    const first = registry.register(echo);
    await first.ready;
    expect(() => registry.register(echo)).toThrow(coded('SKERRY_SERVICE_INVALID'));
    await first.deregister();
    await first.ended;
    const second = registry.register(echo);
    await second.ready;
    expect(second.node.epoch).toBeGreaterThan(first.node.epoch);
    expect(engine.nodes('echo')).toEqual([second.node]);
  });

  test('of a hundred nodes at once loses none', async () => {
    const { clock, registry } = setUp();
    const registrations = Array.from({ length: 100 }, (_, i) => registry.register({ ...echo, id: `echo-${i}` }));
    await Promise.all(registrations.map(({ ready }) => ready));
    await clock.advance(120_000);
    expect(await registry.lookup('echo', never)).toHaveLength(100);
    await registry.close();
    expect(clock.pendingTimers).toBe(0);
  });
});
