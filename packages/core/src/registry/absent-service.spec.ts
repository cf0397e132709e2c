import { ManualClock } from '../clock/manual-clock.js';
import type { RegistryCapabilities } from './driver.js';
import { MemoryRegistryEngine } from './memory-engine.js';
import { MemoryRegistryDriver } from './memory.js';
import type { NodeRecord } from './node-record.js';
import { Registry } from './registry.js';
import type { RegistryOptions } from './registry-options.js';
import type { ServiceView } from './service-view.js';

const node: NodeRecord = {
  service: 'echo',
  id: 'echo-1',
  version: '1.0.0',
  addresses: {},
  weight: 10,
  metadata: {},
  endpoints: [],
  ttlMs: 86_400_000,
  epoch: 1,
};

/** A memory driver that counts, and whose watch tells nothing when it is made deaf. */
class CountingDriver extends MemoryRegistryDriver {
  looked = 0;
  deaf = false;

  override lookup(service: string, signal: AbortSignal): Promise<readonly NodeRecord[]> {
    this.looked++;
    return super.lookup(service, signal);
  }

  override watch(...[service, changed, signal]: Parameters<MemoryRegistryDriver['watch']>): Promise<void> {
    return super.watch(service, (nodes) => this.deaf || changed(nodes), signal);
  }
}

function setUp(capabilities: Partial<RegistryCapabilities> = {}, options: RegistryOptions = {}) {
  const clock = new ManualClock(3);
  const engine = new MemoryRegistryEngine(clock);
  const driver = new CountingDriver(engine, capabilities);
  return { clock, engine, driver, registry: new Registry(driver, clock, options) };
}

const some = (nodes: readonly NodeRecord[]): boolean => nodes.length > 0;

/** Callers that ask again as soon as their 100 ms are over, for a second: ten calls of each. */
async function aSecondOfCalls(view: ServiceView, clock: ManualClock, callers: number): Promise<void> {
  for (let round = 0; round < 10; round++) {
    const patience = new AbortController();
    const calls = Array.from({ length: callers }, () => view.wait(some, patience.signal).catch(() => 'given up'));
    await clock.advance(100);
    patience.abort(new Error('the deadline'));
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['given up']));
  }
}

describe('a service that is not there', () => {
  test.each([{ watch: true }, { watch: false }])(
    'is listed once a second at most, by 10,000 calls in ten (%j)',
    async (how) => {
      const { clock, driver, registry } = setUp(how);
      const view = registry.service('echo');
      for (let second = 1; second <= 10; second++) {
        await aSecondOfCalls(view, clock, 100);
        // Listing is spread over a tenth of its interval.
        expect(driver.looked).toBeLessThanOrEqual(Math.ceil(second / 0.9) + 1);
      }
      expect(driver.looked).toBeGreaterThanOrEqual(10);
      await registry.close();
    },
  );

  test('is listed no more often after it was retired', async () => {
    const { clock, driver, registry } = setUp({}, { idleMs: 60_000 });
    const view = registry.service('echo');
    await clock.advance(300_000);
    const before = driver.looked;
    await clock.advance(300_000);
    expect(driver.looked).toBe(before);
    await aSecondOfCalls(view, clock, 100);
    expect(driver.looked - before).toBeLessThanOrEqual(3);
    await registry.close();
  });

  test('is listed with patience while that fails, by however many calls', async () => {
    const { clock, engine, driver, registry } = setUp();
    engine.stop();
    const view = registry.service('echo');
    await aSecondOfCalls(view, clock, 100);
    // Those of the backoff that begins at 0.1 s.
    expect(driver.looked).toBeLessThanOrEqual(6);
    const before = driver.looked;
    await aSecondOfCalls(view, clock, 100);
    expect(driver.looked - before).toBeLessThanOrEqual(2);
    await registry.close();
  });

  test('is listed rarely as long as nobody waits for it', async () => {
    const { clock, driver, registry } = setUp();
    const end = registry.service('echo').onChange(() => undefined);
    await clock.advance(300_000);
    expect(driver.looked).toBeLessThanOrEqual(12);
    end();
    await registry.close();
  });

  test('is found within a second by who waits, also when the watch says nothing', async () => {
    const { clock, engine, driver, registry } = setUp();
    driver.deaf = true;
    const view = registry.service('echo');
    await clock.advance(10_000);
    const waiting = view.wait(some);
    await clock.advance(5_500);
    engine.put(node);
    await clock.advance(1_000);
    expect(await waiting).toEqual([node]);
    // From now on it is there, and listed as before.
    const before = driver.looked;
    void view.wait(() => false).catch(() => undefined);
    await clock.advance(20_000);
    expect(driver.looked).toBe(before);
    await registry.close();
    expect(clock.pendingTimers).toBe(1);
  });

  test('is listed as often as asked for', async () => {
    const { clock, driver, registry } = setUp({}, { absentMs: 5_000 });
    void registry
      .service('echo')
      .wait(some)
      .catch(() => undefined);
    await clock.advance(60_000);
    expect(driver.looked).toBeGreaterThanOrEqual(12);
    expect(driver.looked).toBeLessThanOrEqual(15);
    await registry.close();
  });
});
