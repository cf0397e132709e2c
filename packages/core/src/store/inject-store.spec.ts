import { Skerry } from '../app/skerry.js';
import { Injectable } from '../container/injectable.js';
import { Module } from '../module/module.js';
import { ManualClock } from '../clock/manual-clock.js';
import { tokenKey } from '../container/token.js';
import { InjectStore, storeToken } from './inject-store.js';
import { MemoryStoreEngine } from './memory-engine.js';
import { MemoryStoreDriver } from './memory.js';
import { Store } from './store.js';
import { STORE_DRIVER } from './store-driver-token.js';

@Injectable()
class Orders {
  constructor(@InjectStore('orders') readonly store: Store) {}
}

@Injectable()
class Settings {
  constructor(readonly store: Store) {}
}

@Module({ providers: [Orders, Settings] })
class ShopModule {}

@Module({ providers: [Orders] })
class BackOfficeModule {}

const options = { logLevel: 'silent', drainDelayMs: 0 } as const;

test('a service has its own store, the application another, and both are in the engine that a module provides', async () => {
  const clock = new ManualClock();
  const engine = new MemoryStoreEngine(clock);
  const driver = { provide: STORE_DRIVER, useFactory: () => new MemoryStoreDriver(engine) };
  const overrides = new Map([[tokenKey(STORE_DRIVER), driver]]);
  const started = await Promise.all(
    [ShopModule, BackOfficeModule].map(async (module) => {
      const application = await Skerry.create(module, { ...options, overrides });
      await application.start();
      return application;
    }),
  );
  const [shop, backOffice] = started;
  await shop!.get(Orders).store.put('7', 'placed');
  await shop!.get(Settings).store.put('7', 'of the shop');
  expect((await backOffice!.get(Orders).store.get('7'))!.value).toBe('placed');
  expect(engine.get('services/orders/7')).toBeDefined();
  expect(engine.get('applications/ShopModule/7')).toBeDefined();
  const { store } = shop!.get(Orders);
  await Promise.all(started.map((application) => application.stop()));
  await expect(store.get('7')).rejects.toMatchObject({ code: 'SKERRY_APP_STATE' });
});

test('without any module it is in memory', async () => {
  const application = await Skerry.create(ShopModule, options);
  await application.start();
  expect(application.get(Store).engine).toBe('memory');
  expect(application.get(Store).capabilities).toMatchObject({ durable: 'memory' });
  await application.stop();
});

test('the name of a service is needed', () => {
  expect(() => InjectStore('')).toThrow(expect.objectContaining({ code: 'SKERRY_OPTION_INVALID' }));
  expect(tokenKey(storeToken('a'))).toBe(tokenKey(storeToken('a')));
});
