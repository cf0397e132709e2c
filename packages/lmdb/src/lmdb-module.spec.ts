import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHandles } from '@skerry-private/test-kit';
import { Injectable, InjectStore, Module, Skerry, Store, type Application } from '@skerry/core';
import { LmdbModule } from './lmdb-module.js';

@Injectable()
class Orders {
  constructor(@InjectStore('orders') readonly store: Store) {}
}

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'skerry-lmdb-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const start = async (root: new () => object): Promise<Application> => {
  const application = await Skerry.create(root, { logLevel: 'silent', drainDelayMs: 0 });
  await application.start();
  return application;
};

test('an application keeps its store in the file, and leaves nothing open; another finds what it kept', async () => {
  const before = openHandles();
  const path = join(folder, 'store.lmdb');

  @Module({ imports: [LmdbModule.forRoot({ path })], providers: [Orders] })
  class ShopModule {}

  @Injectable()
  class Settings {
    readonly path = path;
  }
  @Module({ providers: [Settings], exports: [Settings] })
  class SettingsModule {}
  const made = {
    imports: [SettingsModule],
    inject: [Settings],
    useFactory: ({ path: given }: Settings) => ({ path: given }),
  };
  @Module({ imports: [LmdbModule.forRootAsync(made)], providers: [Orders] })
  class OfficeModule {}

  const shop = await start(ShopModule);
  expect(shop.get(Store).engine).toBe('lmdb');
  expect(shop.get(Store).capabilities).toMatchObject({ durable: 'disk', watch: true, ttl: true });
  await shop.get(Orders).store.put('7', { state: 'placed' });
  await shop.stop();

  const office = await start(OfficeModule);
  expect((await office.get(Orders).store.get('7'))!.value).toEqual({ state: 'placed' });
  await office.stop();
  await before.nothingMore();
});

test('a file that cannot be used keeps the application from starting', async () => {
  @Module({ imports: [LmdbModule.forRoot({ path: folder })] })
  class AppModule {}
  await expect(start(AppModule)).rejects.toMatchObject({ cause: { code: 'SKERRY_STORE_FILE_UNUSABLE' } });
});
