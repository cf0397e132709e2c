import type { Client } from '../client/client.js';
import { InjectClient } from '../client/clients.js';
import { ManualClock } from '../clock/manual-clock.js';
import { Context } from '../context/context.js';
import { SkerryError } from '../errors/skerry-error.js';
import { Module } from '../module/module.js';
import { Handler } from '../service/handler.js';
import { Service } from '../service/service.js';
import { rejection, World } from './fixtures/in-memory.js';

let backend = { runs: 0, broken: true };
let cancelledBackends = 0;

@Service('backend')
class Backend {
  @Handler({ idempotent: true })
  async work(): Promise<string> {
    backend.runs++;
    if (backend.broken) throw new SkerryError('DATABASE_DOWN', 'down', { status: 'UNAVAILABLE', retryable: true });
    return 'done';
  }

  @Handler({ idempotent: true })
  async forever(context: Context): Promise<void> {
    await new Promise((_resolve, reject) => {
      context.onCancel((reason) => {
        cancelledBackends++;
        reject(reason);
      });
    });
  }
}

@Service('middle')
class Middle {
  constructor(@InjectClient('backend') private readonly client: Client<Backend>) {}

  @Handler({ idempotent: true })
  async work(): Promise<string> {
    return this.client.work();
  }

  @Handler({ idempotent: true })
  async forever(): Promise<void> {
    return this.client.forever();
  }
}

@Service('edge')
class Edge {
  constructor(@InjectClient('middle') private readonly client: Client<Middle>) {}

  @Handler({ idempotent: true })
  async work(): Promise<string> {
    return this.client.work();
  }

  @Handler({ idempotent: true })
  async forever(): Promise<void> {
    return this.client.forever();
  }
}

@Module({ providers: [Backend] })
class BackendModule {}
@Module({ providers: [Middle] })
class MiddleModule {}
@Module({ providers: [Edge] })
class EdgeModule {}
@Module()
class CallerModule {}

describe('a chain of three services', () => {
  let clock: ManualClock;
  let world: World;
  let edge: Client<Edge>;

  beforeEach(async () => {
    backend = { runs: 0, broken: false };
    cancelledBackends = 0;
    clock = new ManualClock();
    world = new World(clock);
    for (const module of [BackendModule, MiddleModule, EdgeModule]) await world.start(module);
    edge = (await world.start(CallerModule)).client<Edge>('edge');
    await expect(edge.work()).resolves.toBe('done');
    backend = { runs: 0, broken: true };
  });

  afterEach(async () => {
    const stopping = world.stop();
    await clock.advance(60_000);
    await stopping;
  });

  test('whose last fails is burdened by a fifth more at most, whatever the number of hops', async () => {
    const calls: Promise<SkerryError>[] = [];
    for (let tick = 0; tick < 100; tick++) {
      for (let call = 0; call < 10; call++) calls.push(rejection<SkerryError>(edge.work()));
      await clock.advance(10);
    }
    await clock.advance(6_000);
    const errors = await Promise.all(calls);
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['DATABASE_DOWN']));
    expect(errors[0]!.origin?.service).toBe('backend');
    expect(backend.runs).toBeGreaterThan(1_000);
    expect(backend.runs).toBeLessThanOrEqual(1_201);

    backend.broken = false;
    await clock.advance(2_000);
    await expect(edge.work()).resolves.toBe('done');
  });

  test('is told to stop, all of it, when the caller leaves', async () => {
    const leaving = new AbortController();
    const call = rejection(edge.forever(undefined, { signal: leaving.signal }));
    await clock.advance(10);
    leaving.abort();
    await call;
    await clock.advance(1);
    expect(cancelledBackends).toBe(1);
  });

  test('stops, all of it, at the deadline of the first', async () => {
    const call = rejection<SkerryError>(edge.forever(undefined, { timeoutMs: 100 }));
    await clock.advance(100);
    expect(await call).toMatchObject({ code: 'SKERRY_RPC_DEADLINE_EXCEEDED' });
    await clock.advance(1);
    expect(cancelledBackends).toBe(1);
  });
});
