import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processStarter } from '@skerry-private/test-kit';
import { Store, SystemClock } from '@skerry/core';
import { LmdbStoreDriver } from './store/lmdb-store.js';

const holder = fileURLToPath(new URL('fixtures/holder.mjs', import.meta.url));

describe('a process that hangs in the middle of a transaction', () => {
  const startProcess = processStarter(afterEach);

  test('lets others read; their writes end by the deadline, and go on once it was killed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'skerry-lmdb-'));
    const path = join(folder, 'store.lmdb');
    const clock = new SystemClock();
    const store = new Store(new LmdbStoreDriver(clock, { path }), clock, { deadlineMs: 300 });
    await store.put('a', 1);
    const stuck = await startProcess(process.execPath, [holder, path]);
    await stuck.waitForLine('holding');

    await expect(store.put('a', 2)).rejects.toMatchObject({
      code: 'SKERRY_STORE_UNAVAILABLE',
      retryable: true,
      message: expect.stringContaining('300 ms'),
    });
    expect((await store.get('a'))!.value).toBe(1);

    stuck.kill('SIGKILL');
    await stuck.exited;
    await store.put('b', 3);
    // Given up is given up: it does not happen when nobody waits any more.
    expect((await store.get('a'))!.value).toBe(1);
    expect((await store.list()).entries.map(({ key }) => key)).toEqual(['a', 'b']);
    await store.close();
    rmSync(folder, { recursive: true });
  });
});
