import { eventually } from '@skerry-private/test-kit';
import { ValidateNested } from 'class-validator';
import { Clock } from '../clock/clock.js';
import { ManualClock } from '../clock/manual-clock.js';
import { Inject, Injectable } from '../container/injectable.js';
import { SkerryError } from '../errors/skerry-error.js';
import { Module } from '../module/module.js';
import { MemoryRegistryDriver } from '../registry/memory.js';
import { MemoryRegistryEngine } from '../registry/memory-engine.js';
import { REGISTRY_DRIVER } from '../registry/registry-driver-token.js';
import { Handler } from '../service/handler.js';
import { Service } from '../service/service.js';
import { Application } from './application.js';
import type { AppEvent } from './events.js';
import { rejection, World } from './fixtures/in-memory.js';

const told: string[] = [];

/** Tells of its hooks as `Name.hook`. */
abstract class Teller {
  onModuleInit(): void {
    told.push(`${this.constructor.name}.init`);
  }
  async onApplicationBootstrap(): Promise<void> {
    await Promise.resolve();
    told.push(`${this.constructor.name}.bootstrap`);
  }
  beforeApplicationShutdown(reason?: string): void {
    told.push(`${this.constructor.name}.before(${reason})`);
  }
  onApplicationShutdown(): void {
    told.push(`${this.constructor.name}.shutdown`);
  }
}

@Injectable()
class Pool extends Teller {}

@Injectable()
class Repository extends Teller {
  constructor(readonly pool: Pool) {
    super();
  }
}

@Service('orders')
class Orders extends Teller {
  constructor(readonly repository: Repository) {
    super();
  }

  @Handler()
  async list(): Promise<string[]> {
    return [];
  }
}

@Module({ providers: [Orders, Repository, Pool] })
class OrdersModule {}

describe('the life of an application', () => {
  let world: World;

  beforeEach(() => {
    told.length = 0;
    world = new World();
  });

  afterEach(() => world.stop());

  test('calls hooks after what each needs, and in reverse on the way down', async () => {
    const app = await world.start(OrdersModule);
    expect(told).toEqual([
      'Pool.init',
      'Repository.init',
      'Orders.init',
      'Pool.bootstrap',
      'Repository.bootstrap',
      'Orders.bootstrap',
    ]);
    told.length = 0;
    await expect(app.stop('SIGTERM')).resolves.toBe(0);
    expect(told).toEqual([
      'Orders.before(SIGTERM)',
      'Repository.before(SIGTERM)',
      'Pool.before(SIGTERM)',
      'Orders.shutdown',
      'Repository.shutdown',
      'Pool.shutdown',
    ]);
  });

  test('is told as events, in order', async () => {
    const app = await world.start(OrdersModule);
    await app.stop();
    const types = world.events.map(({ type }) => type).filter((type) => type !== 'hook-finished');
    expect(types).toEqual([
      'starting',
      'graph-verified',
      'created',
      'listening',
      'health-changed',
      'advertising',
      'registration-changed',
      'registered',
      'registration-changed',
      'ready',
      'stopping',
      'health-changed',
      'stop-step',
      'registration-changed',
      'deregistered',
      'registration-changed',
      'stop-step',
      'stop-step',
      'stop-step',
      'stop-step',
      'stopped',
    ]);
    const steps = world.events.flatMap((event) => (event.type === 'stop-step' ? [event.step] : []));
    expect(steps).toEqual(['before-hooks', 'deregister', 'drain', 'hooks', 'close']);
  });

  test('registers only when everything is bootstrapped, and deregisters before it stops serving', async () => {
    const app = await world.start(OrdersModule);
    expect(world.registry.nodes('orders')).toHaveLength(1);
    const order = world.events.map((event) => (event.type === 'hook-finished' ? event.hook : event.type));
    expect(order.lastIndexOf('onApplicationBootstrap')).toBeLessThan(order.indexOf('registered'));
    await app.stop();
    expect(world.registry.nodes('orders')).toHaveLength(0);
  });

  test('names the hook that takes too long, and rolls back what had started', async () => {
    @Injectable()
    class Stuck extends Teller {
      constructor(readonly repository: Repository) {
        super();
      }
      override onModuleInit(): Promise<void> & void {
        return new Promise(() => undefined) as Promise<void> & void;
      }
    }
    @Module({ providers: [Stuck, Repository, Pool] })
    class StuckModule {}

    const clock = new ManualClock();
    world = new World(clock);
    const app = await world.create(StuckModule, { hookTimeoutMs: 1_000 });
    const starting = rejection<SkerryError>(app.start());
    await clock.advance(1_000);
    const error = await starting;
    expect(error.code).toBe('SKERRY_APP_HOOK_TIMEOUT');
    expect(error.message).toContain('Stuck.onModuleInit did not finish within 1000 ms');
    expect(told).toEqual(['Pool.init', 'Repository.init', 'Stuck.shutdown', 'Repository.shutdown', 'Pool.shutdown']);
    expect(app.state).toBe('stopped');
    expect(clock.pendingTimers).toBe(0);
  });

  test('rolls back when a hook throws, naming it, after it had begun to listen', async () => {
    @Service('broken')
    class Broken extends Teller {
      @Handler()
      async hello(): Promise<void> {
        return undefined;
      }
      override onApplicationBootstrap(): Promise<void> {
        return Promise.reject(new Error('no such table'));
      }
    }
    @Module({ providers: [Broken] })
    class BrokenModule {}

    const error = await rejection<SkerryError>(world.start(BrokenModule, { listen: 'memory://broken' }));
    expect(error).toMatchObject({
      code: 'SKERRY_APP_HOOK_FAILED',
      message: 'Broken.onApplicationBootstrap failed: no such table',
    });
    expect(told).toEqual(['Broken.init', 'Broken.shutdown']);
    expect(world.registry.services()).toEqual([]);
    // The address is free again.
    await world.start(OrdersModule, { listen: 'memory://broken' });
  });

  test('releases what was created when a constructor throws', async () => {
    @Injectable()
    class Refuses {
      constructor(readonly pool: Pool) {
        throw new Error('not today');
      }
    }
    @Module({ providers: [Refuses, Pool] })
    class RefusingModule {}

    const error = await rejection<SkerryError>(world.start(RefusingModule));
    expect(error).toMatchObject({ code: 'SKERRY_DI_CREATE_FAILED', message: 'Cannot create Refuses: not today' });
    expect((error.cause as Error).message).toBe('not today');
    expect(told).toEqual(['Pool.shutdown']);
  });

  test('goes on stopping when a hook fails, and says so', async () => {
    @Injectable()
    class Clumsy extends Teller {
      override onApplicationShutdown(): void {
        throw new Error('dropped it');
      }
      constructor(readonly pool: Pool) {
        super();
      }
    }
    @Module({ providers: [Clumsy, Pool] })
    class ClumsyModule {}

    const app = await world.start(ClumsyModule);
    await expect(app.stop()).resolves.toBe(1);
    expect(told).toContain('Pool.shutdown');
    expect(world.logs).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'Clumsy.onApplicationShutdown failed: dropped it' }),
    );
  });

  test('lets running calls finish when it stops, and refuses new ones', async () => {
    const clock = world.clock;
    let started!: () => void;
    const running = new Promise<void>((resolve) => (started = resolve));
    @Service('slow')
    class Slow {
      @Handler()
      async work(): Promise<string> {
        started();
        await clock.sleep(50);
        return 'done';
      }
    }
    @Module({ providers: [Slow] })
    class SlowModule {}

    const app = await world.start(SlowModule);
    const caller = await world.start(OrdersModule);
    const reply = caller.client<Slow>('slow').work();
    await running;
    const stopping = app.stop();
    await expect(reply).resolves.toBe('done');
    await expect(stopping).resolves.toBe(0);
    const late = await rejection<SkerryError>(caller.client<Slow>('slow').work(undefined, { timeoutMs: 50 }));
    expect(late.status).toBe('UNAVAILABLE');
  });

  test('cuts off what does not finish in time', async () => {
    let started!: () => void;
    const running = new Promise<void>((resolve) => (started = resolve));
    @Service('endless')
    class Endless {
      @Handler()
      work(): Promise<void> {
        started();
        return new Promise(() => undefined);
      }
    }
    @Module({ providers: [Endless] })
    class EndlessModule {}

    const app = await world.start(EndlessModule, { drainTimeoutMs: 20 });
    const caller = await world.start(OrdersModule);
    const call = rejection<SkerryError>(caller.client<Endless>('endless').work());
    await running;
    await expect(app.stop()).resolves.toBe(1);
    expect((await call).code).toBe('SKERRY_RPC_DRAINING');
  });

  test('stops once, whoever asks', async () => {
    const app = await world.start(OrdersModule);
    const [first, second] = [app.stop('one'), app.stop('two')];
    expect(await first).toBe(await second);
    expect(told.filter((line) => line.includes('before'))[0]).toBe('Orders.before(one)');
  });

  test('stops also while it waits for a registry that does not answer', async () => {
    world.registry.stop();
    const app = await world.create(OrdersModule);
    const starting = rejection<SkerryError>(app.start());
    await eventually(() => expect(world.events.map(({ type }) => type)).toContain('registration-failing'));
    await app.stop('SIGTERM');
    expect((await starting).code).toBe('SKERRY_APP_STATE');
    expect(app.state).toBe('stopped');
    expect(told).toContain('Pool.shutdown');
  });

  test('takes an engine from a line in the root module, and no other way without a word', async () => {
    const driver = new MemoryRegistryDriver(new MemoryRegistryEngine(world.clock));
    const provider = { provide: REGISTRY_DRIVER, useValue: driver };
    @Module({ providers: [provider], exports: [REGISTRY_DRIVER] })
    class EngineModule {}
    @Module({ providers: [provider] })
    class Own {}
    @Module({ imports: [EngineModule] })
    class Imported {}
    @Module({ imports: [EngineModule] })
    class Feature {}
    @Module({ imports: [Feature] })
    class Hidden {}

    for (const root of [Own, Imported]) {
      const app = await Application.create(root, { logLevel: 'silent' });
      await app.start();
      expect(app.get(REGISTRY_DRIVER)).toBe(driver);
      await app.stop();
    }
    const error = await rejection<SkerryError>(Application.create(Hidden));
    expect(error.message).toContain('Cannot use REGISTRY_DRIVER of EngineModule: Skerry sees what Hidden sees');
  });

  test('cannot start twice, and gives nothing before it started', async () => {
    const app = await world.create(OrdersModule);
    expect(() => app.get(Pool)).toThrow(expect.objectContaining({ code: 'SKERRY_APP_STATE' }));
    await app.start();
    await expect(app.start()).rejects.toMatchObject({ code: 'SKERRY_APP_STATE' });
  });

  test('is apart from every other application of the process', async () => {
    const [one, two] = [await world.start(OrdersModule), await new World().start(OrdersModule)];
    expect(one.get(Pool)).not.toBe(two.get(Pool));
    expect(one.get(Clock)).toBe(world.clock);
    await two.stop();
    expect(one.state).toBe('running');
    expect(one.get(Repository).pool).toBe(one.get(Pool));
  });

  test('shows what it has by token, wherever it is provided, and names the nearest', async () => {
    @Module({ providers: [{ provide: 'dsn', useValue: 'x' }] })
    class Inner {}
    @Module({ imports: [Inner, OrdersModule] })
    class Outer {}
    const app = await world.start(Outer);
    expect(app.get('dsn')).toBe('x');
    expect(app.get(Orders).repository).toBe(app.get(Repository));
    expect(() => app.get('dsm')).toThrow(
      expect.objectContaining({ code: 'SKERRY_DI_NOT_FOUND', message: expect.stringContaining("'dsn'") }),
    );
  });

  test('logs its start and its stop, and nothing is lost when a listener throws', async () => {
    const heard: AppEvent[] = [];
    const app = await world.start(OrdersModule, {
      onEvent: (event) => {
        heard.push(event);
        throw new Error('a bad listener');
      },
    });
    await app.stop();
    expect(heard.at(-1)?.type).toBe('stopped');
    const messages = world.logs.map(({ message }) => message);
    expect(messages[0]).toMatch(/^OrdersModule is serving orders at memory:/);
    expect(messages.at(-1)).toBe('OrdersModule has stopped');
  });

  test('reports all problems of services together with those of the graph', async () => {
    interface Anything {
      readonly x: number;
    }
    @Service('9lives')
    class Cat {
      @Handler()
      async feed(what: Anything): Promise<number> {
        return what.x;
      }
    }
    @Injectable()
    class Stray {
      @Handler()
      async meow(): Promise<void> {
        return undefined;
      }
    }
    class Bowl {
      @ValidateNested()
      food!: unknown;
    }
    @Service('kitchen')
    class Kitchen {
      @Handler()
      async fill(bowl: Bowl): Promise<Bowl> {
        return bowl;
      }
    }
    @Injectable()
    class Owner {
      constructor(@Inject('house') readonly house: string) {}
    }
    @Module({ providers: [Cat, Stray, Kitchen, Owner] })
    class Pets {}
    const error = await rejection<SkerryError & { problems: { code: string; message: string }[] }>(world.create(Pets));
    expect(error.problems.map(({ code }) => code)).toEqual([
      'SKERRY_DI_NO_PROVIDER',
      'SKERRY_SERVICE_INVALID',
      'SKERRY_HANDLER_INVALID',
      'SKERRY_SERVICE_INVALID',
      'SKERRY_HANDLER_INVALID',
    ]);
    expect(error.problems[2]!.message).toContain('Cat.feed');
    expect(error.problems[3]!.message).toContain('no @Service');
    expect(error.problems[4]!.message).toContain('@ValidateNested() does not say of which class it is');
  });
});
