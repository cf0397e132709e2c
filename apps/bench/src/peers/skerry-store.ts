import { Module, Skerry, Store, type DynamicModule } from '@skerry/core';
import type { StoreContender } from '../store/contender.js';

/** The store of an application, with all defaults. @param engine The module of the store, if any. */
export function skerryStore(engine: (folder: string) => DynamicModule[]): StoreContender {
  return {
    async open(folder) {
      @Module({ imports: engine(folder) })
      class Keeper {}
      const application = await Skerry.create(Keeper, { logLevel: 'silent' });
      await application.start();
      const store = application.get(Store);
      return {
        get: async (key) => (await store.get(key))?.value,
        put: (key, value) => store.put(key, value),
        version: async (key) => (await store.get(key))?.version,
        putIfVersion: (key, value, version) => store.put(key, value, { ifVersion: version as string }),
        list: async (prefix, limit) => (await store.list({ prefix, limit })).entries.map(({ value }) => value),
        batch: (keys, value) => store.batch(keys.map((key) => ({ type: 'put', key, value }))),
      };
    },
  };
}
