import { ManualClock } from '../clock/manual-clock.js';
import { tokenKey } from '../container/token.js';
import { Module } from '../module/module.js';
import { MemoryRegistryDriver } from '../registry/memory.js';
import type { NodeRecord } from '../registry/node-record.js';
import { REGISTRY_DRIVER } from '../registry/registry-driver-token.js';
import { rejection, World } from './fixtures/in-memory.js';

@Module()
class Caller {}

class CountingDriver extends MemoryRegistryDriver {
  looked = 0;

  override lookup(service: string, signal: AbortSignal): Promise<readonly NodeRecord[]> {
    this.looked++;
    return super.lookup(service, signal);
  }
}

test('thousands of calls of a service that is not there ask the engine about it once a second at most', async () => {
  const clock = new ManualClock();
  const world = new World(clock);
  const driver = new CountingDriver(world.registry);
  const overrides = new Map([[tokenKey(REGISTRY_DRIVER), { provide: REGISTRY_DRIVER, useValue: driver }]]);
  const app = await world.start(Caller, { overrides });
  const absent = app.client<{ hello(): Promise<void> }>('absent');
  const codes = new Set<string>();
  for (let round = 0; round < 20; round++) {
    const calls = Array.from({ length: 100 }, () =>
      rejection<{ code: string }>(absent.hello(undefined, { timeoutMs: 100 })),
    );
    await clock.advance(100);
    for (const { code } of await Promise.all(calls)) codes.add(code);
  }
  expect(codes).toEqual(new Set(['SKERRY_RPC_NO_NODE']));
  // Two seconds, and the first.
  expect(driver.looked).toBeLessThanOrEqual(4);
  await world.stop();
});
