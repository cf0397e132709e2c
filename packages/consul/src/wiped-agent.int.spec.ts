import { setTimeout as sleep } from 'node:timers/promises';
import { consulStarter, eventually, findConsul, type ConsulAgent } from '@skerry-private/test-kit';
import { Handler, Module, Registry, Service, Skerry, type AppEvent, type Application } from '@skerry/core';
import { ConsulModule } from './consul-module.js';

const consul = await findConsul();
const instances = 3;
/** So long who was known is kept, which is as long as everybody has to register again. A busy machine may need longer. */
const graceMs = 10_000;

@Service('greeter')
class Greeter {
  @Handler()
  async hello(): Promise<string> {
    return 'Hello';
  }
}

(consul ? describe : describe.skip)('an agent that is killed under load and comes back with nothing', () => {
  const startConsul = consulStarter(afterAll, consul);
  let running: Application[] = [];
  let registered: string[] = [];
  let agent: ConsulAgent;

  beforeAll(async () => {
    agent = await startConsul();
  }, 60_000);

  afterEach(async () => {
    for (const application of running.reverse()) await application.stop();
    running = [];
  });

  /** With the options that everybody has. */
  const start = async (providers: (new () => object)[]): Promise<Application> => {
    @Module({ imports: [ConsulModule.forRoot({ url: agent.url })], providers })
    class AppModule {}
    const onEvent = (event: AppEvent): void => {
      if (event.type === 'registered') registered.push(event.node.id);
    };
    const application = await Skerry.create(AppModule, { logLevel: 'silent', drainDelayMs: 0, onEvent });
    running.push(application);
    await application.start();
    return application;
  };

  test.each([0, 3_000])(
    'costs no call, and has each node again, once (after %i ms)',
    async (downMs) => {
      await Promise.all(Array.from({ length: instances }, () => start([Greeter])));
      const caller = await start([]);
      const view = caller.get(Registry).service('greeter');
      const all = await view.wait((nodes) => nodes.length === instances);
      let fewest = instances;
      const unlisten = view.onChange((nodes) => (fewest = Math.min(fewest, nodes.length)));
      const client = caller.client<Greeter>('greeter');
      let calls = 0;
      let failure: unknown;
      const stop = new AbortController();
      const load = Array.from({ length: 10 }, async () => {
        while (!stop.signal.aborted) {
          await client.hello().catch((error: unknown) => (failure ??= error));
          calls++;
          await sleep(5);
        }
      });

      registered = [];
      await agent.kill();
      await sleep(downMs);
      const before = calls;
      await agent.start();
      const upAt = performance.now();
      await eventually(() => expect(registered).toHaveLength(instances), { withinMs: 30_000 });
      const tookMs = performance.now() - upAt;
      await eventually(() => expect(all.every(({ epoch }, at) => view.nodes[at]!.epoch > epoch)).toBe(true), {
        withinMs: 10_000,
      });
      await eventually(() => expect(calls).toBeGreaterThan(before + 500));
      stop.abort();
      await Promise.all(load);
      expect(failure).toBeUndefined();
      expect(fewest).toBeGreaterThanOrEqual(tookMs < graceMs ? instances : 1);
      expect([...registered].sort()).toEqual(all.map(({ id }) => id));
      unlisten();
    },
    90_000,
  );
});
