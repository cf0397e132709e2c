import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually, processStarter, type RunningProcess } from '@skerry-private/test-kit';
import { SystemClock, type StoredChange } from '@skerry/core';
import { LmdbStoreDriver } from './store/lmdb-store.js';

const everything = process.env['SKERRY_FULL_FAULTS'] === '1';
const writes = everything ? 100_000 : 20_000;
const rounds = 5;
const together = 64;
const { signal } = new AbortController();
const program = (name: string): string => fileURLToPath(new URL(`fixtures/${name}.mjs`, import.meta.url));

describe('one file of several processes', () => {
  const startProcess = processStarter(afterEach);
  const drivers: LmdbStoreDriver[] = [];
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skerry-lmdb-'));
    path = join(folder, 'store.lmdb');
  });
  afterEach(async () => {
    for (const driver of drivers.splice(0)) await driver.close();
    rmSync(folder, { recursive: true });
  });

  function open(): LmdbStoreDriver {
    const driver = new LmdbStoreDriver(new SystemClock(), { path });
    drivers.push(driver);
    return driver;
  }

  const run = (name: string, ...args: (string | number)[]): Promise<RunningProcess> =>
    startProcess(process.execPath, [program(name), path, ...args.map(String)]);

  test('of four that increment one counter by compare-and-set, no increment is lost', async () => {
    const each = 150;
    const counters = await Promise.all([1, 2, 3, 4].map(() => run('counter', 'counter', each)));
    let lost = 0;
    for (const counter of counters) {
      const [, times] = await counter.waitForLine(/^incremented \d+, lost (\d+)$/, 30_000);
      lost += Number(times);
    }
    const found = await open().get('counter', signal);
    expect(Buffer.from(found!.value).toString()).toBe(String(4 * each));
    // Otherwise they came one after the other, and nothing was tested.
    expect(lost).toBeGreaterThan(0);
  }, 40_000);

  test('what one writes, another that watches is told, and can read at once', async () => {
    const driver = open();
    const told: StoredChange[] = [];
    const stop = new AbortController();
    const watch = driver.watch('k', (changes) => told.push(...changes), stop.signal);
    const writer = await run('writer', 0, 50);
    await writer.waitForLine(/^0$/);
    expect(await driver.get('k0', signal)).toBeDefined();
    await writer.waitForLine('done');
    await eventually(() => expect(told).toHaveLength(50));
    expect(told.map((change) => change.type === 'put' && change.entry.key)).toEqual(
      Array.from({ length: 50 }, (_, i) => `k${i}`),
    );
    stop.abort();
    await watch;
  });

  test(`of ${writes} writes, in which the writer is killed again and again, no acknowledged one is lost or half there`, async () => {
    const keeper = open();
    const acknowledged = new Set<number>();
    let next = 0;
    for (let round = 1; round <= rounds; round++) {
      const writer = await run('writer', next, writes, together);
      // Somewhere in the middle of its work, wherever it is by then.
      const until = next + writes / rounds + ((round * 977) % 500);
      await writer.waitForLine(new RegExp(`^${until}$`), 120_000);
      writer.kill('SIGKILL');
      expect((await writer.exited).signal).toBe('SIGKILL');
      const said = writer.output.split('\n').filter((line) => /^\d+$/.test(line));
      for (const line of said) acknowledged.add(Number(line));
      // Others go on at once: the lock does not stay with the dead.
      expect((await keeper.put({ type: 'put', key: `after ${round}`, value: Buffer.of(1) }, signal)).done).toBe(true);
      next = Number(said.at(-1)) + 2 * together;
    }
    expect(acknowledged.size).toBeGreaterThanOrEqual(writes);

    const fresh = open();
    const found = new Set<number>();
    const broken: string[] = [];
    for (let after: string | undefined; ;) {
      const range = { prefix: 'k', limit: 1_000, ...(after === undefined ? {} : { after }) };
      const { entries, more } = await fresh.list(range, signal);
      for (const { key, value } of entries) {
        const number = Number(key.slice(1));
        found.add(number);
        if (!isWhole(number, value)) broken.push(key);
      }
      if (!more) break;
      after = entries.at(-1)!.key;
    }
    expect([...acknowledged].filter((number) => !found.has(number))).toEqual([]);
    // What was not acknowledged is there whole, or not at all.
    expect(broken).toEqual([]);
  }, 600_000);

  test('the file is closed to everybody else', async () => {
    await open().put({ type: 'put', key: 'a', value: Buffer.of(1) }, signal);
    for (const name of [path, `${path}-lock`]) expect(statSync(name).mode & 0o777).toBe(0o600);
  });
});

/** As fixtures/writer.mjs writes it. */
function isWhole(number: number, value: Uint8Array): boolean {
  return Buffer.alloc(20 + ((number * 7_919) % 6_000), `${number},`).equals(value);
}
