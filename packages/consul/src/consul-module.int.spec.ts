import { consulStarter, eventually, findConsul, openHandles, sharedConsul } from '@skerry-private/test-kit';
import { Handler, Injectable, Module, Service, Skerry, SystemClock, type Application } from '@skerry/core';
import { ConsulModule } from './consul-module.js';

const consul = await findConsul();
// Of this run: the agent may be the machine's own.
const name = `greeter-${new SystemClock().randomHex(4)}`;

@Service(name, { version: '3.2.1' })
class Greeter {
  @Handler()
  async hello(): Promise<string> {
    return 'Hello';
  }
}

(consul ? describe : describe.skip)('applications that find each other through Consul', () => {
  const startConsul = consulStarter(afterAll, consul);
  let url: string;

  beforeAll(async () => {
    url = await sharedConsul(startConsul);
  }, 60_000);

  const start = async (root: new () => object): Promise<Application> => {
    const application = await Skerry.create(root, { logLevel: 'silent', drainDelayMs: 0 });
    await application.start();
    return application;
  };

  test('one is given its agent, the other makes it from what the container has; both leave nothing behind', async () => {
    const before = openHandles();

    @Module({ imports: [ConsulModule.forRoot({ url })], providers: [Greeter] })
    class GreeterModule {}

    @Injectable()
    class Settings {
      readonly consul = { url, waitMs: 5_000 };
    }
    @Module({ providers: [Settings], exports: [Settings] })
    class SettingsModule {}
    const made = { imports: [SettingsModule], inject: [Settings], useFactory: ({ consul: given }: Settings) => given };
    @Module({ imports: [ConsulModule.forRootAsync(made)] })
    class CallerModule {}

    const greeter = await start(GreeterModule);
    const caller = await start(CallerModule);
    await expect(caller.client<Greeter>(name).hello()).resolves.toBe('Hello');
    await greeter.stop();
    await eventually(async () => {
      const response = await fetch(`${url}/v1/catalog/service/${name}`, { headers: { connection: 'close' } });
      expect(await response.json()).toEqual([]);
    });
    await caller.stop();
    await before.nothingMore();
  });

  test('options that cannot work are told before anything starts', async () => {
    @Module({ imports: [ConsulModule.forRoot({ url, waitMs: -1 })] })
    class AppModule {}
    await expect(start(AppModule)).rejects.toMatchObject({ message: expect.stringContaining('waitMs is -1') });
  });
});
