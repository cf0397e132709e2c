import { ManualClock } from '../clock/manual-clock.js';
import { GuardedDriver } from './guarded-driver.js';
import { MemoryRegistryEngine } from './memory-engine.js';
import { MemoryRegistryDriver } from './memory.js';
import type { NodeRecord } from './node-record.js';
import type { RegistryCapabilities } from './driver.js';
import { SharedWatches, type WatchListener } from './shared-watches.js';

const node = { service: 'echo', id: 'echo-1', ttlMs: 60_000, epoch: 1 } as NodeRecord;

class CountingDriver extends MemoryRegistryDriver {
  watched = 0;
  watching = 0;

  override async watch(...watch: Parameters<MemoryRegistryDriver['watch']>): Promise<void> {
    this.watched++;
    this.watching++;
    await super.watch(...watch).finally(() => this.watching--);
  }
}

class Listener implements WatchListener {
  readonly heard: string[] = [];

  reported(list: unknown): void {
    this.heard.push(`${(list as readonly unknown[]).length} nodes`);
  }

  lost(): void {
    this.heard.push('lost');
  }

  resumed(): void {
    this.heard.push('resumed');
  }
}

function setUp(capabilities: Partial<RegistryCapabilities> = {}) {
  const clock = new ManualClock(3);
  const engine = new MemoryRegistryEngine(clock);
  const driver = new CountingDriver(engine, capabilities);
  const guarded = new GuardedDriver(driver, clock, 5_000, () => undefined);
  return { clock, engine, driver, watches: new SharedWatches(guarded, clock, 30_000) };
}

describe('the watches of a registry', () => {
  test('are one for each service, which ends with the last who listens', async () => {
    const { clock, engine, driver, watches } = setUp();
    const [one, two, other] = [new Listener(), new Listener(), new Listener()];
    const [endOne, endTwo] = [watches.listen('echo', one), watches.listen('echo', two)];
    const endOther = watches.listen('other', other);
    expect(driver.watched).toBe(2);
    engine.put(node);
    await clock.settle();
    expect([one.heard, two.heard, other.heard]).toEqual([['1 nodes'], ['1 nodes'], []]);

    endOne();
    endOne();
    engine.delete(node);
    await clock.settle();
    expect([one.heard, two.heard]).toEqual([['1 nodes'], ['1 nodes', '0 nodes']]);
    endTwo();
    endOther();
    await watches.ended();
    expect(driver.watching).toBe(0);
    expect(clock.pendingTimers).toBe(0);

    watches.listen('echo', one)();
    await watches.ended();
    expect(driver.watched).toBe(3);
  });

  test('tell all of a loss once, also who comes later, and of each new attempt', async () => {
    const { clock, engine, driver, watches } = setUp();
    const [early, late] = [new Listener(), new Listener()];
    const endEarly = watches.listen('echo', early);
    engine.stop();
    await clock.settle();
    const endLate = watches.listen('echo', late);
    expect([early.heard, late.heard]).toEqual([['lost'], ['lost']]);
    await clock.advance(1_000);
    const attempts = driver.watched - 1;
    expect(attempts).toBeGreaterThan(1);
    const heard = ['lost', ...Array.from({ length: attempts }, () => 'resumed')];
    expect([early.heard, late.heard]).toEqual([heard, heard]);
    endEarly();
    endLate();
    await watches.ended();
    expect(clock.pendingTimers).toBe(0);
  });

  test('are none on an engine that cannot watch, which is not polled either', async () => {
    const { clock, driver, watches } = setUp({ watch: false });
    const end = watches.listen('echo', new Listener());
    await clock.advance(60_000);
    expect(driver.watched).toBe(0);
    expect(clock.pendingTimers).toBe(0);
    end();
    await watches.ended();
  });
});
