import type { Timer } from '../clock/clock.js';
import { ManualClock } from '../clock/manual-clock.js';
import { Injectable } from '../container/injectable.js';
import { Health } from '../debug/health.js';
import { HealthCheck } from '../debug/health-check.js';
import type { SkerryError } from '../errors/skerry-error.js';
import { Module } from '../module/module.js';
import { Handler } from '../service/handler.js';
import { Service } from '../service/service.js';
import { rejection, World } from './fixtures/in-memory.js';

class RecordingClock extends ManualClock {
  foreground = 0;

  override setTimer(delayMs: number, callback: () => void, background = false): Timer {
    if (!background) this.foreground++;
    return super.setTimer(delayMs, callback);
  }
}

let down = false;
let pings = 0;

abstract class Pinged {
  @HealthCheck()
  async ping(): Promise<void> {
    await Promise.resolve();
    pings++;
    if (down) throw new Error('connect ECONNREFUSED');
  }
}

@Injectable()
class Database extends Pinged {}

@Service('orders')
class Orders {
  constructor(readonly database: Database) {}

  @Handler()
  async list(): Promise<string[]> {
    return [];
  }
}

@Service('invoices')
class Invoices {
  @Handler()
  async list(): Promise<string[]> {
    return [];
  }
}

@Module({ providers: [Orders, Invoices, Database, { provide: 'alias', useExisting: Database }] })
class ShopModule {}

describe('an application with health checks', () => {
  let clock: RecordingClock;
  let world: World;

  const messages = (level: string): string[] =>
    world.logs.filter((entry) => entry.level === level).map(({ message }) => message);

  beforeEach(() => {
    down = false;
    pings = 0;
    clock = new RecordingClock();
    world = new World(clock);
  });

  afterEach(async () => {
    await world.stop();
    expect(clock.pendingTimers).toBe(0);
  });

  test('is registered when they succeed, and runs them for each instance once', async () => {
    const app = await world.start(ShopModule);
    expect(app.health).toBe(app.get(Health));
    expect(app.health.status).toBe('ready');
    expect(app.health.report().checks).toMatchObject([{ name: 'Database.ping', kind: 'readiness', state: 'healthy' }]);
    expect(pings).toBe(1);
    expect(world.registry.services()).toEqual(['orders', 'invoices']);
    expect(world.events.filter(({ type }) => type === 'registration-withheld')).toEqual([]);
  });

  test('leaves the registry with all its services when they fail, and comes back when they do not', async () => {
    const app = await world.start(ShopModule);
    down = true;
    await clock.advance(20_000);
    expect(world.registry.services()).toEqual(['orders', 'invoices']);
    await clock.advance(10_000);
    expect(app.health.status).toBe('not-ready');
    expect(app.state).toBe('running');
    expect(world.registry.services()).toEqual([]);
    const reason = 'Database.ping: connect ECONNREFUSED (failed 3 times in 20 s)';
    expect(messages('warn')).toEqual([
      'the readiness check Database.ping fails: connect ECONNREFUSED',
      `not ready any more: ${reason}`,
    ]);
    expect(messages('info')).toContain(`orders is withheld from the registry: ${reason}`);

    down = false;
    await clock.advance(20_000);
    expect(app.health.status).toBe('ready');
    expect(world.registry.nodes('orders')).toMatchObject([{ epoch: 3 }]);
    expect(world.registry.nodes('invoices')).toHaveLength(1);
    expect(messages('info').slice(-2)).toEqual(['the readiness check Database.ping succeeds again', 'health: ready']);
  });

  test('waits for them when it starts, and says every ten seconds what it waits for', async () => {
    down = true;
    const app = await world.create(ShopModule);
    let started = false;
    const starting = app.start().then(() => (started = true));
    starting.catch(() => undefined);
    await clock.advance(25_000);
    expect({ started, state: app.state, nodes: world.registry.services() }).toEqual({
      started: false,
      state: 'starting',
      nodes: [],
    });
    expect(messages('warn').filter((message) => message.includes('is not ready'))).toEqual([
      'ShopModule is not ready: Database.ping: connect ECONNREFUSED (failed 10 times in 10 s)',
      'ShopModule is not ready: Database.ping: connect ECONNREFUSED (failed 20 times in 20 s)',
    ]);
    down = false;
    await clock.advance(1_000);
    await starting;
    expect(world.registry.services()).toEqual(['orders', 'invoices']);
  });

  test('stops while it waits for them', async () => {
    down = true;
    const app = await world.create(ShopModule);
    const starting = rejection<SkerryError>(app.start());
    await clock.advance(5_000);
    const stopping = app.stop('SIGTERM');
    await clock.advance(1_000);
    await expect(stopping).resolves.toBe(0);
    expect(await starting).toMatchObject({ code: 'SKERRY_APP_STATE' });
    expect(app.state).toBe('stopped');
    expect(clock.pendingTimers).toBe(0);
  });

  test('stops also while the first of them hangs', async () => {
    @Injectable()
    class Hung {
      @HealthCheck()
      ping(): Promise<void> {
        return new Promise(() => undefined);
      }
    }
    @Module({ providers: [Hung] })
    class HungModule {}
    const app = await world.create(HungModule);
    const starting = app.start();
    await clock.settle();
    await expect(Promise.all([app.stop(), starting])).resolves.toEqual([0, undefined]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('runs none any more when it stops, and does not come back meanwhile', async () => {
    const app = await world.start(ShopModule, { drainDelayMs: 60_000 });
    down = true;
    await clock.advance(30_000);
    down = false;
    const before = pings;
    const stopping = app.stop();
    await clock.advance(59_000);
    expect(pings).toBe(before);
    expect(app.health.status).toBe('stopped');
    expect(world.registry.services()).toEqual([]);
    await clock.advance(1_000);
    await stopping;
  });

  test('stays registered until it is deregistered when it stops', async () => {
    const app = await world.start(ShopModule);
    await app.stop();
    const types = world.events.map(({ type }) => type);
    expect(types).not.toContain('registration-withheld');
    expect(types.filter((type) => type === 'deregistered')).toHaveLength(2);
  });

  test('logs a failing liveness check as an error, and goes on', async () => {
    let stuck = false;
    @Injectable()
    class Worker {
      @HealthCheck({ kind: 'liveness', name: 'worker', intervalMs: 1_000 })
      moves(): boolean {
        return !stuck;
      }
    }
    @Module({ providers: [Worker, Invoices] })
    class WorkerModule {}
    const app = await world.start(WorkerModule, { health: { failuresToUnready: 2 } });
    stuck = true;
    await clock.advance(2_000);
    expect(messages('error')).toEqual(['the liveness check worker fails: it returned false']);
    expect(world.registry.services()).toEqual([]);
    expect(app.state).toBe('running');
  });

  test('waits without anything to serve as well, and keeps its process meanwhile', async () => {
    down = true;
    @Module({ providers: [Database] })
    class ToolModule {}
    const app = await world.create(ToolModule);
    let started = false;
    const starting = app.start().then(() => (started = true));
    starting.catch(() => undefined);
    await clock.advance(9_000);
    const { foreground } = clock;
    await clock.advance(1_000);
    // The reminder; everything else waits in the background.
    expect(clock.foreground).toBe(foreground + 1);
    expect(started).toBe(false);
    down = false;
    await clock.advance(1_000);
    await starting;
    expect(app.health.status).toBe('ready');
  });
});

describe('a health check that cannot be run', () => {
  const decorate = HealthCheck() as unknown as (target: object, member?: string) => void;

  class OnProperty {
    ping = true;
  }
  decorate(OnProperty.prototype, 'ping');
  class OnAccessor {
    get ping(): () => void {
      throw new Error('not to be read');
    }
  }
  decorate(OnAccessor.prototype, 'ping');
  class OnStatic {
    static ping(this: void): void {
      return undefined;
    }
  }
  decorate(OnStatic, 'ping');
  class OnClass {}
  decorate(OnClass);
  class OfRequest {
    @HealthCheck()
    ping(): void {
      return undefined;
    }
  }
  class Often {
    @HealthCheck({ intervalMs: 0 })
    ping(): void {
      return undefined;
    }
  }
  class Odd {
    @HealthCheck({ kind: 'alive' as 'liveness' })
    ping(): void {
      return undefined;
    }
  }

  test.each([
    [OnProperty, 'singleton', 'OnProperty.ping: it is no method.'],
    [OnAccessor, 'singleton', 'OnAccessor.ping: it is no method.'],
    [OnStatic, 'singleton', 'OnStatic.ping: the method is static.'],
    [OnClass, 'singleton', 'OnClass: it stands on the class.'],
    [
      OfRequest,
      'request',
      "OfRequest.ping: the provider's scope is 'request', so that there is no one instance to ask.",
    ],
    [OfRequest, 'transient', "OfRequest.ping: the provider's scope is 'transient', so that"],
    [Often, 'singleton', 'Often.ping: its intervalMs is 0.'],
    [Odd, 'singleton', "Odd.ping: its kind is 'alive'."],
  ] as const)('is a problem of the graph (%p, %s)', async (type, scope, message) => {
    Injectable({ scope })(type);
    @Module({ providers: [type] })
    class Root {}
    const error = await rejection<SkerryError & { problems: { code: string; message: string }[] }>(
      new World().create(Root),
    );
    expect(error.problems.map(({ code }) => code)).toEqual(['SKERRY_HEALTH_INVALID']);
    expect(error.problems[0]!.message).toContain(`Cannot check the health of ${message}`);
  });
});
