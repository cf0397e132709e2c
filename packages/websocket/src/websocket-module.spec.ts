import { freePort, openHandles, type OpenHandles } from '@skerry-private/test-kit';
import {
  MemoryRegistryDriver,
  MemoryRegistryEngine,
  Module,
  REGISTRY_DRIVER,
  Skerry,
  SystemClock,
  tokenKey,
  type Application,
  type ApplicationOptions,
} from '@skerry/core';
import { Workshop } from './fixtures/workshop.js';
import { WEBSOCKET_OPTIONS, WebSocketModule } from './websocket-module.js';

@Module({ imports: [WebSocketModule.forRoot()], providers: [Workshop] })
class WorkshopModule {}

@Module({ imports: [WebSocketModule.forRootAsync({ useFactory: () => ({ maxFrameBytes: 100_000 }) })] })
class CallerModule {}

describe('services that call each other by WebSockets', () => {
  const registry = new MemoryRegistryEngine(new SystemClock());
  const started: Application[] = [];
  let handles: OpenHandles;

  beforeAll(() => void (handles = openHandles()));

  afterEach(async () => {
    for (const each of started.splice(0).reverse()) await each.stop();
    await handles.nothingMore();
  });

  async function start(root: new () => object, options: ApplicationOptions = {}): Promise<Application> {
    const shared = { provide: REGISTRY_DRIVER, useValue: new MemoryRegistryDriver(registry) };
    const application = await Skerry.create(root, {
      ...{ logLevel: 'silent', env: {}, drainDelayMs: 0, overrides: new Map([[tokenKey(REGISTRY_DRIVER), shared]]) },
      ...options,
    });
    await application.start();
    started.push(application);
    return application;
  }

  async function expectCalls(caller: Application): Promise<void> {
    const workshop = caller.client<Workshop>('workshop');
    await expect(workshop.hello({ name: 'Ada' })).resolves.toEqual({ message: 'Hello Ada' });
    const values: number[] = [];
    for await (const { value } of workshop.countdown({ value: 3 })) values.push(value);
    expect(values).toEqual([3, 2, 1]);
  }

  test('on the shared port, where that is what others are told', async () => {
    const port = await freePort();
    await start(WorkshopModule, { listen: `tcp://127.0.0.1:${port}`, advertise: `ws://127.0.0.1:${port}/ws` });
    await expectCalls(await start(CallerModule));
  });

  test('on a port of WebSockets alone', async () => {
    const serving = await start(WorkshopModule, { listen: 'ws://127.0.0.1:0/frames' });
    expect(serving.address).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/frames$/);
    await expectCalls(await start(CallerModule));
  });

  test('with options that are made, and not with such as cannot work', async () => {
    const caller = await start(CallerModule);
    expect(caller.get(WEBSOCKET_OPTIONS)).toEqual({ maxFrameBytes: 100_000 });
    @Module({ imports: [WebSocketModule.forRoot({ path: 'ws' })], providers: [Workshop] })
    class WrongModule {}
    await expect(start(WrongModule)).rejects.toMatchObject({ cause: { code: 'SKERRY_OPTION_INVALID' } });
  });
});
