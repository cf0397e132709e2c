import {
  MemoryRegistryDriver,
  MemoryRegistryEngine,
  REGISTRY_DRIVER,
  type AppEvent,
  type Class,
  type Client,
  type RootModule,
} from '@skerry/core';
import { ManualClock, TestApp, TestNetwork, type TestAppOptions } from '@skerry/testing';
import { checkedModule, Status, StatusModule, WarehouseModule, type Warehouse } from './warehouse.js';

describe('discovery', () => {
  let clock: ManualClock;
  let network: TestNetwork;
  let engine: MemoryRegistryEngine;
  let events: AppEvent[];

  beforeEach(() => {
    clock = new ManualClock();
    network = new TestNetwork(clock);
    engine = new MemoryRegistryEngine(clock);
    events = [];
  });

  afterEach(async () => {
    engine.resume();
    await network.close();
  });

  function starting(root: RootModule, options: TestAppOptions = {}): Promise<TestApp> {
    return TestApp.create(root, { network, onEvent: (event) => events.push(event), ...options })
      .override(REGISTRY_DRIVER)
      .useValue(new MemoryRegistryDriver(engine))
      .start();
  }

  const warehouse = (app: TestApp): Client<Warehouse> => app.client<Warehouse>('warehouse');
  const found = (): number => engine.nodes('warehouse').length;
  const told = (): string[] => events.map(({ type }) => type);

  test('a registration goes from registering to ready, and from draining to gone', async () => {
    const app = await starting(WarehouseModule);
    await app.close();
    const states = events.flatMap((event) => (event.type === 'registration-changed' ? [event.to] : []));
    expect(states).toEqual(['verified', 'ready', 'draining', 'gone']);
  });

  test('an application is found when its health checks say that it is ready', async () => {
    let down = true;
    const query = (): Promise<void> => (down ? Promise.reject(new Error('no database')) : Promise.resolve());
    const caller = await starting(StatusModule);
    const start = starting(checkedModule({ query }) as Class);
    const count = warehouse(caller).count(undefined, { timeoutMs: 60_000 });
    await clock.advance(3_000);
    expect(found()).toBe(0);
    down = false;
    await clock.advance(2_000);
    await expect(count).resolves.toBe(7);
    const app = await start;
    expect(app.application.state).toBe('running');
  });

  test('an application leaves while a check fails three times in a row, and comes back after two successes', async () => {
    let down = false;
    const query = (): Promise<void> => (down ? Promise.reject(new Error('no database')) : Promise.resolve());
    await starting(checkedModule({ query }) as Class);
    await clock.advance(1_000);
    expect(found()).toBe(1);
    down = true;
    await clock.advance(10_000);
    expect(found()).toBe(1);
    await clock.advance(5_000);
    expect(found()).toBe(0);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'health-changed',
        to: 'not-ready',
        reason: expect.stringContaining('no database'),
      }),
    );
    down = false;
    await clock.advance(11_000);
    expect(found()).toBe(1);
  });

  test('who asks sees every service, and hears of changes', async () => {
    const caller = await starting(StatusModule);
    const app = await starting(WarehouseModule);
    await clock.advance(1_000);
    const status = caller.client<Status>('status');
    await expect(status.services()).resolves.toEqual({ status: ['0.0.0'], warehouse: ['1.0.0'] });
    await expect(status.self()).resolves.toBe('ready');
    await app.close();
    await clock.advance(1_000);
    expect(caller.get(Status).seen).toEqual(['1 nodes', '0 nodes']);
  });

  test('calls go on for ten minutes with the last known nodes while the registry fails', async () => {
    await starting(WarehouseModule);
    const caller = await starting(StatusModule);
    await expect(warehouse(caller).count()).resolves.toBe(7);
    engine.stop();
    await clock.advance(590_000);
    expect(told()).toContain('service-failing');
    await expect(warehouse(caller).count()).resolves.toBe(7);
    await clock.advance(60_000);
    expect(told()).toContain('service-stale');
    const failed = warehouse(caller)
      .count(undefined, { timeoutMs: 500 })
      .catch((error: unknown) => error);
    await clock.advance(500);
    expect(await failed).toMatchObject({ code: 'SKERRY_RPC_NO_NODE' });
    engine.resume();
    await clock.advance(10_000);
    await expect(warehouse(caller).count()).resolves.toBe(7);
  });

  test('a registry that forgets everything knows every node again within one interval', async () => {
    await starting(WarehouseModule);
    await clock.advance(1_000);
    engine.wipe();
    expect(found()).toBe(0);
    await clock.advance(21_000);
    expect(found()).toBe(1);
    expect(told()).toContain('registration-lost');
  });

  test('a node that is not refreshed is gone after its time to live', async () => {
    const app = await starting(WarehouseModule);
    const [node] = engine.nodes('warehouse');
    await app.close();
    engine.put({ ...node!, id: 'warehouse-crashed', epoch: 9 });
    await clock.advance(59_000);
    expect(found()).toBe(1);
    await clock.advance(1_000);
    expect(found()).toBe(0);
  });

  test('times that would take healthy nodes out are refused', async () => {
    const start = starting(WarehouseModule, { registry: { ttlMs: 10_000, intervalMs: 8_000 } });
    await expect(start).rejects.toThrow('intervalMs is 8000 and ttlMs 10000');
  });
});
