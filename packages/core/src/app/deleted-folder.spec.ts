import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Clock } from '../clock/clock.js';
import { Module } from '../module/module.js';
import { LocalRegistryDriver } from '../registry/local.js';
import { REGISTRY_DRIVER } from '../registry/registry-driver-token.js';
import { Registry } from '../registry/registry.js';
import { Handler } from '../service/handler.js';
import { Service } from '../service/service.js';
import type { Application } from './application.js';
import type { AppEvent } from './events.js';
import { Skerry } from './skerry.js';

const instances = 3;

@Service('greeter')
class Greeter {
  @Handler()
  async hello(): Promise<string> {
    return 'Hello';
  }
}

test('a folder of the local registry that is deleted under load costs no call, and has each node again, once', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'skerry deleted '));
  const registered: string[] = [];
  const start = async (providers: (new () => object)[]): Promise<Application> => {
    const useFactory = (clock: Clock): LocalRegistryDriver => new LocalRegistryDriver(clock, { directory });
    const registry = { provide: REGISTRY_DRIVER, useFactory, inject: [Clock] };
    @Module({ providers: [...providers, registry] })
    class AppModule {}
    const onEvent = (event: AppEvent): void => {
      if (event.type === 'registered') registered.push(event.node.id);
    };
    const application = await Skerry.create(AppModule, { logLevel: 'silent', drainDelayMs: 0, onEvent });
    await application.start();
    return application;
  };
  const servers = await Promise.all(Array.from({ length: instances }, () => start([Greeter])));
  const caller = await start([]);
  const view = caller.get(Registry).service('greeter');
  const all = await view.wait((nodes) => nodes.length === instances);
  const client = caller.client<Greeter>('greeter');
  let calling = true;
  const load = Array.from({ length: 5 }, async () => {
    while (calling) {
      await client.hello();
      await sleep(1);
    }
  });

  registered.length = 0;
  rmSync(directory, { recursive: true });
  // None of them is due to be refreshed: that takes 18 s and more.
  await view.wait((nodes) => nodes.length === instances && all.every(({ epoch }, at) => nodes[at]!.epoch > epoch));
  calling = false;
  await Promise.all(load);
  expect(registered.sort()).toEqual(all.map(({ id }) => id));

  for (const application of [caller, ...servers]) await application.stop();
  rmSync(directory, { recursive: true });
}, 15_000);
