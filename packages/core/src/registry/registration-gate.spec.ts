import { ManualClock } from '../clock/manual-clock.js';
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

/** A memory driver that counts, and can lag. */
class TestDriver extends MemoryRegistryDriver {
  registered = 0;
  looked = 0;
  /** What lookups answer instead of what is there. */
  old?: readonly NodeRecord[];
  beforeRegister?: (signal: AbortSignal) => Promise<void>;

  override async register(node: NodeRecord, signal: AbortSignal): Promise<void> {
    this.registered++;
    await this.beforeRegister?.(signal);
    await super.register(node, signal);
  }

  override async lookup(service: string, signal: AbortSignal): Promise<readonly NodeRecord[]> {
    this.looked++;
    return this.old ?? super.lookup(service, signal);
  }
}

function setUp() {
  const clock = new ManualClock(7);
  const engine = new MemoryRegistryEngine(clock);
  const driver = new TestDriver(engine);
  const events: RegistryEvent[] = [];
  const registry = new Registry(driver, clock, {}, (event) => events.push(event));
  const states = (): string[] =>
    events.flatMap((event) => (event.type === 'registration-changed' ? [`${event.from} > ${event.to}`] : []));
  const types = (): string[] => events.map(({ type }) => type).filter((type) => type !== 'registration-changed');
  return { clock, engine, driver, registry, events, states, types };
}

describe('the gate of a registration', () => {
  test('is open by default: each step from the first to the last is told', async () => {
    const { registry, events, states } = setUp();
    const registration = registry.register(echo);
    await registration.ready;
    await registration.deregister();
    expect(states()).toEqual(['registering > verified', 'verified > ready', 'ready > draining', 'draining > gone']);
    expect(events[0]).toMatchObject({ type: 'registration-changed', node: { id: 'echo-1', epoch: 1 } });
  });

  test('keeps the node from being written until it is admitted', async () => {
    const { clock, engine, driver, registry, events } = setUp();
    const registration = registry.register(echo, { admitted: false, reason: 'the database is away' });
    let ready = false;
    void registration.ready.then(() => (ready = true));
    await clock.advance(300_000);
    expect({ ready, state: registration.state, registered: driver.registered, looked: driver.looked }).toEqual({
      ready: false,
      state: 'registering',
      registered: 0,
      looked: 0,
    });
    expect(events).toEqual([
      { type: 'registration-withheld', node: registration.node, reason: 'the database is away' },
    ]);
    registration.admit(true);
    await registration.ready;
    expect(engine.nodes('echo')).toEqual([registration.node]);
    expect(events.find(({ type }) => type === 'registered')).toMatchObject({ tookMs: 0 });
  });

  test('takes the node away at once when it closes, and brings it back under a higher epoch', async () => {
    const { clock, engine, registry, states, types, events } = setUp();
    const caller = new Registry(new MemoryRegistryDriver(engine), clock).service('echo');
    const registration = registry.register(echo);
    await registration.ready;
    await clock.advance(5_000);
    expect(caller.nodes).toHaveLength(1);

    registration.admit(false, 'database.ping: connect ECONNREFUSED');
    expect(registration.state).toBe('registering');
    await clock.settle();
    expect(engine.nodes('echo')).toEqual([]);
    expect(caller.nodes).toEqual([]);
    await clock.advance(60_000);
    expect(engine.nodes('echo')).toEqual([]);

    registration.admit(true);
    await clock.settle();
    expect(registration.state).toBe('ready');
    expect(engine.nodes('echo')).toMatchObject([{ id: 'echo-1', epoch: 2 }]);
    expect(types()).toEqual([
      'registered',
      'registration-withheld',
      'deregistered',
      'registration-admitted',
      'registered',
    ]);
    expect(events.find(({ type }) => type === 'registration-withheld')).toMatchObject({
      reason: 'database.ping: connect ECONNREFUSED',
    });
    expect(states()).toEqual([
      'registering > verified',
      'verified > ready',
      'ready > registering',
      'registering > verified',
      'verified > ready',
    ]);
  });

  test('says nothing new when it is told what it knows', async () => {
    const { clock, registry, events } = setUp();
    const registration = registry.register(echo);
    await registration.ready;
    const told = events.length;
    registration.admit(true);
    await registration.deregister();
    const after = events.length;
    registration.admit(false);
    registration.admit(true);
    await clock.advance(60_000);
    expect(told).toBe(3);
    expect(events).toHaveLength(after);
    expect(registration.state).toBe('gone');
    expect(clock.pendingTimers).toBe(0);
  });

  test('that closes while the record is on its way takes back what arrives', async () => {
    const { clock, engine, driver, registry } = setUp();
    let arrive!: () => void;
    driver.beforeRegister = () => new Promise((resolve) => (arrive = resolve));
    const registration = registry.register(echo);
    await clock.settle();
    registration.admit(false);
    await clock.settle();
    arrive();
    await clock.settle();
    expect(engine.nodes('echo')).toEqual([]);
    expect(registration.state).toBe('registering');
    expect(driver.registered).toBe(1);
  });

  test('that closes while no lookup shows the record yet takes it back at once', async () => {
    const { clock, engine, driver, registry } = setUp();
    driver.old = [];
    const registration = registry.register(echo);
    await clock.advance(350);
    expect(engine.nodes('echo')).toHaveLength(1);
    registration.admit(false);
    await clock.settle();
    expect(engine.nodes('echo')).toEqual([]);
  });

  test('takes back within an interval what arrives after it was given up', async () => {
    const { clock, engine, driver, registry } = setUp();
    // Heeds no signal: the write lands 7 s later, 2 s after its deadline.
    driver.beforeRegister = async () => {
      await clock.sleep(7_000);
      engine.put(registration.node);
    };
    const registration = registry.register(echo);
    await clock.settle();
    registration.admit(false);
    await clock.advance(6_000);
    expect(registration.failure).toBeUndefined();
    await clock.advance(1_000);
    expect(engine.nodes('echo')).toHaveLength(1);
    await clock.advance(20_000);
    expect(engine.nodes('echo')).toEqual([]);
  });

  test('leaves alone whoever else took the id while it is closed', async () => {
    const { clock, engine, registry } = setUp();
    const registration = registry.register(echo);
    await registration.ready;
    registration.admit(false);
    await clock.settle();
    const other = { ...echo, ttlMs: 600_000, epoch: 9 };
    engine.put(other);
    await clock.advance(60_000);
    expect(engine.nodes('echo')).toEqual([other]);
    registration.admit(true);
    await clock.settle();
    expect(engine.nodes('echo')).toMatchObject([{ epoch: 10 }]);
  });

  test('that closes while the engine is down removes the record as soon as it is up, and tells of both', async () => {
    const { clock, engine, registry, types } = setUp();
    const registration = registry.register(echo);
    await registration.ready;
    engine.stop();
    registration.admit(false);
    await clock.advance(30_000);
    expect(registration.failure?.message).toBe(
      'cannot deregister echo-1 in the memory registry: the engine is stopped',
    );
    expect(engine.nodes('echo')).toHaveLength(1);
    engine.resume();
    await clock.advance(3_000);
    expect(engine.nodes('echo')).toEqual([]);
    expect(registration.failure).toBeUndefined();
    expect(types()).toEqual(['registered', 'registration-withheld', 'registration-failing', 'deregistered']);
  });

  test('leaves a failing engine beside the state', async () => {
    const { clock, engine, registry } = setUp();
    const registration = registry.register(echo);
    await registration.ready;
    engine.stop();
    await clock.advance(30_000);
    expect(registration.state).toBe('ready');
    expect(registration.failure).toMatchObject({ code: 'SKERRY_REGISTRY_UNAVAILABLE' });
  });

  test('that is closed leaves nothing to remove', async () => {
    const { clock, engine, registry, types } = setUp();
    const registration = registry.register(echo, { admitted: false });
    const ready = expect(registration.ready).rejects.toMatchObject({ code: 'SKERRY_APP_STATE' });
    await clock.settle();
    // It cannot be reached, and need not be.
    engine.stop();
    await registration.deregister();
    await ready;
    await registration.ended;
    expect(types()).toEqual(['registration-withheld']);
    expect(clock.pendingTimers).toBe(0);
  });
});

test('a node whose process was away for longer than its TTL is registered again as soon as it is back', async () => {
  const outside = new ManualClock();
  const engine = new MemoryRegistryEngine(outside);
  const inside = new ManualClock();
  const registry = new Registry(new MemoryRegistryDriver(engine), inside);
  const registration = registry.register(echo);
  await registration.ready;
  await outside.advance(61_000);
  expect(engine.nodes('echo')).toEqual([]);
  // Its timers are late by that much: the refresh that was due is the first thing to run.
  await inside.advance(20_000);
  expect(engine.nodes('echo')).toMatchObject([{ id: 'echo-1', epoch: 2 }]);
});
