import {
  MemoryRegistryDriver,
  MemoryRegistryEngine,
  Module,
  REGISTRY_DRIVER,
  Skerry,
  SkerryError,
  SystemClock,
  ValidationError,
  type Application,
  type Client,
} from '@skerry/core';
import { eventually } from '@skerry-private/test-kit';
import { startShop, type Greeter } from './fixtures/shop.js';
import { GrpcModule } from './grpc-module.js';

const sharedRegistry = (engine: MemoryRegistryEngine) => {
  @Module({
    providers: [{ provide: REGISTRY_DRIVER, useFactory: () => new MemoryRegistryDriver(engine) }],
    exports: [REGISTRY_DRIVER],
  })
  class SharedRegistry {}
  return { module: SharedRegistry, global: true } as never;
};

async function startCaller(imports: readonly unknown[]): Promise<Application> {
  @Module({ imports: imports as never })
  class CallerModule {}
  const application = await Skerry.create(CallerModule, { logLevel: 'silent', drainDelayMs: 0 });
  await application.start();
  return application;
}

describe('services of Skerry', () => {
  let shop: Application & { target: string };
  let caller: Application;
  let greeter: Client<Greeter>;
  beforeAll(async () => {
    const engine = new MemoryRegistryEngine(new SystemClock());
    shop = await startShop({}, {}, [sharedRegistry(engine)]);
    caller = await startCaller([GrpcModule.forRoot(), sharedRegistry(engine)]);
    greeter = caller.client<Greeter>('shop.Greeter', { protocol: 'grpc' });
  });
  afterAll(async () => {
    await caller.stop();
    await shop.stop();
  });

  test('are called in all kinds', async () => {
    await expect(greeter.hello({ name: 'Ada' })).resolves.toEqual({ message: 'Hello Ada' });
    const left: number[] = [];
    for await (const tick of greeter.countdown({ from: 3 })) left.push(tick.left);
    expect(left).toEqual([3, 2, 1]);
    const ticks = async function* () {
      yield { left: 1 };
      yield { left: 2 };
    };
    await expect(greeter.sum(ticks())).resolves.toEqual({ left: 3 });
    const doubled: number[] = [];
    for await (const tick of greeter.double(ticks())) doubled.push(tick.left);
    expect(doubled).toEqual([2, 4]);
  });

  test('and what they fail with arrives whole', async () => {
    const stock = await greeter.hello({ name: 'stock' }).catch((error: unknown) => error as SkerryError);
    expect(stock).toMatchObject({
      code: 'OUT_OF_STOCK',
      status: 'FAILED_PRECONDITION',
      message: 'no more ✓ left',
      details: { sku: 'a-1' },
      origin: { service: 'shop.Greeter' },
    });
    await expect(greeter.hello({ name: '' })).rejects.toBeInstanceOf(ValidationError);
    const secret = await greeter.hello({ name: 'secret' }).catch((error: unknown) => error as SkerryError);
    expect(secret).toMatchObject({ code: 'SKERRY_RPC_INTERNAL' });
    expect(JSON.stringify(secret)).not.toContain('swordfish');
  });
});

test('a node that stops under load costs no call, by gRPC as by the native protocol', async () => {
  const registry = sharedRegistry(new MemoryRegistryEngine(new SystemClock()));
  const nodes = [await startShop({}, {}, [registry]), await startShop({}, {}, [registry])];
  const caller = await startCaller([GrpcModule.forRoot(), registry]);
  const greeter = caller.client<Greeter>('shop.Greeter', { protocol: 'grpc' });
  let [done, stopped] = [0, false];
  const failures: unknown[] = [];
  const load = Array.from({ length: 8 }, async () => {
    while (!stopped) {
      // Not idempotent: what may have begun there must not be sent again.
      await greeter.echo({ text: 'x' }).catch((error: unknown) => failures.push(error));
      done += 1;
    }
  });
  await eventually(() => expect(done).toBeGreaterThan(100));
  await nodes[0]!.stop();
  const atStop = done;
  await eventually(() => expect(done).toBeGreaterThan(atStop + 100));
  stopped = true;
  await Promise.all(load);
  await caller.stop();
  await nodes[1]!.stop();
  expect(failures).toEqual([]);
});
