import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import type { StoreContender } from '../contender.js';

/**
 * The library that `@skerry/lmdb` uses, with JSON as values, and writes that are acknowledged when they are on the disk, as there.
 * No watching, no expiry, no deadline, no namespaces; a version is what the caller says, and a read may be as old as its turn.
 */
export const contender: StoreContender = {
  async open(folder) {
    mkdirSync(folder, { recursive: true });
    const database = open<unknown, string>({
      path: join(folder, 'bare.lmdb'),
      noSubdir: true,
      encoding: 'json',
      useVersions: true,
      overlappingSync: false,
    });
    return {
      get: async (key) => database.get(key) as unknown,
      put: (key, value) => database.put(key, value, 1),
      version: async (key) => database.getEntry(key)?.version,
      async putIfVersion(key, value, version) {
        const next = (version as number) + 1;
        if (!(await database.put(key, value, next, version as number))) throw new Error(`${key} has another version`);
        return next;
      },
      list: async (prefix, limit) =>
        database.getRange({ start: prefix, end: `${prefix}\uffff`, limit }).map(({ value }) => value).asArray,
      batch: (keys, value) =>
        database.batch(() => {
          for (const key of keys) void database.put(key, value, 1);
        }),
    };
  },
};
