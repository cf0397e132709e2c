import type { Client } from '../client/client.js';
import { ManualClock } from '../clock/manual-clock.js';
import { Module } from '../module/module.js';
import { Handler } from '../service/handler.js';
import { Service } from '../service/service.js';
import type { Application } from './application.js';
import { rejection, World } from './fixtures/in-memory.js';

@Service('work')
class Work {
  @Handler({ idempotent: true })
  async run(): Promise<string> {
    return 'done';
  }
}

@Module({ providers: [Work] })
class WorkModule {}
@Module()
class CallerModule {}

describe('a call of an application that stops', () => {
  let clock: ManualClock;
  let world: World;
  let work: Application;
  let caller: Application;
  let client: Client<Work>;

  beforeEach(async () => {
    clock = new ManualClock();
    world = new World(clock);
    work = await world.start(WorkModule, { registry: { ttlMs: 600_000 } });
    caller = await world.start(CallerModule);
    client = caller.client<Work>('work');
    await client.run();
  });

  /** The node is gone, and the registry does not know yet. */
  async function lose(): Promise<void> {
    const [node] = world.registry.nodes('work');
    await work.stop();
    world.registry.put(node!);
    await clock.advance(200);
  }

  test('ends, where it is tried again and again, and makes no more connections', async () => {
    await lose();
    const call = rejection(client.run(undefined, { timeoutMs: 60_000 }));
    await clock.advance(100);
    await caller.stop();
    const { connections } = world;
    await clock.advance(2_000);
    expect(await call).toMatchObject({ code: 'SKERRY_APP_STATE' });
    expect(world.connections).toBe(connections);
    world.registry.wipe();
    expect(clock.pendingTimers).toBe(0);
  });

  test('is refused once it has stopped, and leaves nothing behind', async () => {
    await caller.stop();
    const { connections } = world;
    const call = rejection(client.run());
    await clock.advance(10);
    expect(await call).toMatchObject({ code: 'SKERRY_APP_STATE' });
    expect(world.connections).toBe(connections);
    await work.stop();
    await clock.advance(10_000);
    expect(clock.pendingTimers).toBe(0);
  });
});
