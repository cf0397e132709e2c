import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processStarter } from '@skerry-private/test-kit';
import { SystemClock } from '@skerry/core';
import { LmdbStoreDriver } from './store/lmdb-store.js';

const rounds = process.env['SKERRY_FULL_FAULTS'] === '1' ? 200 : 24;
const atOnce = 4;
const program = (name: string): string => fileURLToPath(new URL(`fixtures/${name}.mjs`, import.meta.url));
const { signal } = new AbortController();

describe('a process that exits while it writes', () => {
  const startProcess = processStarter(afterEach);
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skerry-lmdb-'));
    path = join(folder, 'store.lmdb');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test.each([
    ['exit', /was about to be written to: .* instead of with exit code 7/],
    ['throw', /^Uncaught Error: nobody catches this/m],
  ] as const)(
    'ends also when its write cannot go on: %s',
    async (way, says) => {
      const exiter = await startProcess(process.execPath, [program('exiter'), path, way, '50']);
      await exiter.waitForLine('open');
      const holder = await startProcess(process.execPath, [program('holder'), path]);
      await holder.waitForLine('holding');
      exiter.stdin.write('write\n');
      await exiter.waitForLine('was about to be written to', 20_000);
      expect(await exiter.exited).toEqual({ code: null, signal: 'SIGKILL' });
      expect(exiter.output).toMatch(says);
      holder.kill('SIGKILL');
      await holder.exited;
    },
    30_000,
  );

  test(`ends at whatever moment, ${rounds} times, and leaves the file whole`, async () => {
    const ends = new Map<string, number>();
    for (let round = 0; round < rounds; round += atOnce) {
      const exiters = await Promise.all(
        Array.from({ length: atOnce }, (_, at) => {
          const afterMs = 20 + (((round + at) * 7) % 60);
          return startProcess(process.execPath, [program('exiter'), `${path}-${at}`, 'exit', String(afterMs)]);
        }),
      );
      for (const exiter of exiters) exiter.stdin.write('write\n');
      for (const { code, signal: by } of await Promise.all(exiters.map(({ exited }) => exited))) {
        ends.set(String(code ?? by), (ends.get(String(code ?? by)) ?? 0) + 1);
      }
    }
    // Mostly it is on its way to the disk, and ends as it was told.
    expect([...ends.keys()].filter((end) => end !== '7' && end !== 'SIGKILL')).toEqual([]);
    expect(ends.get('7') ?? 0).toBeGreaterThan(0);
    for (let at = 0; at < atOnce; at++) {
      const driver = new LmdbStoreDriver(new SystemClock(), { path: `${path}-${at}` });
      const { entries } = await driver.list({ prefix: 'k', limit: 1_000 }, signal);
      expect(entries.every(({ value }) => value.byteLength === 2_000)).toBe(true);
      await driver.close();
    }
  }, 300_000);
});
