import {
  Clock,
  Handler,
  Inject,
  InjectClient,
  Module,
  Service,
  SkerryError,
  type AppEvent,
  type Client,
} from '@skerry/core';
import { ManualClock, TestApp, TestNetwork, type TestAppOptions } from '@skerry/testing';
import { Connections, NightlyReport, PackRequest, Packing, PackingModule } from './app.module.js';
import { patient } from './options.js';

@Module()
class CallerModule {}

@Service('orders')
class Orders {
  constructor(
    @Inject(Clock) private readonly clock: Clock,
    @InjectClient('packing') private readonly packing: Client<Packing>,
  ) {}

  @Handler()
  async ship({ takesMs }: PackRequest): Promise<number> {
    await this.clock.sleep(takesMs);
    return this.packing.pack({ takesMs: 0 }, { timeoutMs: 500 });
  }
}

@Module({ imports: [PackingModule], providers: [Orders] })
class OrdersModule {}

describe('a stop', () => {
  let clock: ManualClock;
  let network: TestNetwork;
  let app: TestApp;
  let packing: Client<Packing>;

  async function start(options: TestAppOptions = {}): Promise<void> {
    app = await TestApp.create(PackingModule, { network, drainDelayMs: 200, ...options }).start();
    packing = (await TestApp.create(CallerModule, { network }).start()).client<Packing>('packing');
    const first = packing.pack({ takesMs: 0 });
    await clock.advance(10);
    await first;
  }

  beforeEach(() => {
    clock = new ManualClock();
    network = new TestNetwork(clock);
  });

  afterEach(async () => {
    const closing = network.close();
    await clock.advance(60_000);
    await closing;
  });

  const steps = (): Extract<AppEvent, { type: 'stop-step' }>[] =>
    app.events.filter((event) => event.type === 'stop-step');

  test('goes through its steps, and tells how long each took', async () => {
    await start();
    const running = packing.pack({ takesMs: 3_000 });
    await clock.advance(10);
    const stopped = app.application.stop('SIGTERM');
    await clock.advance(60_000);
    await expect(running).resolves.toBe(2);
    await expect(stopped).resolves.toBe(0);
    expect(steps().map(({ step }) => step)).toEqual(['before-hooks', 'deregister', 'wait', 'drain', 'hooks', 'close']);
    expect(steps()[2]!.tookMs).toBe(200);
    expect(steps()[3]).toMatchObject({ note: '1 finished, 0 cut off' });
    expect(app.get(NightlyReport).accepting).toBe(false);
    expect(app.get(Connections).open).toBe(false);
  });

  test('loses no call that another node can take', async () => {
    await start();
    await TestApp.create(PackingModule, { network }).start();
    await clock.advance(1_000);
    const calls: Promise<number>[] = [];
    const stopping = app.close();
    for (let call = 0; call < 100; call++) {
      calls.push(packing.pack({ takesMs: 20 }));
      await clock.advance(5);
    }
    await clock.advance(1_000);
    await stopping;
    await expect(Promise.all(calls)).resolves.toHaveLength(100);
  });

  test('cuts off what takes too long, and says that it had begun', async () => {
    await start();
    const call = packing.pack({ takesMs: 60_000 }, { timeoutMs: 120_000 }).catch((error: unknown) => error);
    await clock.advance(10);
    const stopped = app.application.stop('SIGTERM');
    await clock.advance(10_200);
    await expect(stopped).resolves.toBe(1);
    const error = (await call) as SkerryError;
    expect(error).toMatchObject({ code: 'SKERRY_RPC_DRAINING', retryable: false });
    expect(steps()[3]).toMatchObject({ tookMs: 10_000, note: '0 finished, 1 cut off: packing.pack' });
  });

  test('waits longer where it is told to', async () => {
    await start(patient);
    const call = packing.pack({ takesMs: 25_000 }, { timeoutMs: 60_000 });
    await clock.advance(10);
    const stopped = app.application.stop('SIGTERM');
    await clock.advance(26_000);
    await expect(call).resolves.toBe(2);
    await expect(stopped).resolves.toBe(0);
  });

  test('leaves handlers that still run the services of their own application', async () => {
    app = await TestApp.create(OrdersModule, { network }).start();
    const orders = (await TestApp.create(CallerModule, { network }).start()).client<Orders>('orders');
    const ship = async (takesMs: number): Promise<unknown> => {
      const shipped = orders.ship({ takesMs }).catch((error: unknown) => error);
      await clock.advance(100);
      return shipped;
    };
    await expect(ship(10)).resolves.toBe(1);
    const shipping = orders.ship({ takesMs: 1_000 });
    await clock.advance(10);
    const stopped = app.application.stop('SIGTERM');
    await clock.advance(3_000);
    await expect(shipping).resolves.toBe(2);
    await stopped;
  });

  test('goes on when a hook hangs, and counts it', async () => {
    await start({ hookTimeoutMs: 1_000 });
    app.get(NightlyReport).beforeApplicationShutdown = () => new Promise(() => undefined);
    const closed = expect(app.close()).rejects.toMatchObject({ code: 'SKERRY_APP_HOOK_TIMEOUT' });
    await clock.advance(5_000);
    await closed;
    expect(app.get(Connections).open).toBe(false);
    expect(app.logs).toContainEqual(
      expect.objectContaining({ fields: expect.objectContaining({ code: 'SKERRY_APP_HOOK_TIMEOUT' }) }),
    );
  });
});
