import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@skerry/core';
import { storeConformance } from '@skerry/core/conformance';
import fc from 'fast-check';
import { LmdbStoreDriver } from './lmdb-store.js';

const clock = new ManualClock();
const folder = mkdtempSync(join(tmpdir(), 'skerry-lmdb-'));
const open = (): LmdbStoreDriver => new LmdbStoreDriver(clock, { path: join(folder, 'store.lmdb') });
const pace = open();

afterAll(async () => {
  await pace.close();
  rmSync(folder, { recursive: true });
});

storeConformance(
  { describe, test, fc },
  {
    open: async () => open(),
    // Time is virtual, and the disk is not: as much of its time goes by as a write takes.
    pass: async (ms) => {
      await clock.advance(ms);
      await pace.put({ type: 'put', key: 'pace', value: new Uint8Array() }, new AbortController().signal);
    },
    virtualTime: true,
    histories: 20,
  },
);
