import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../clock/manual-clock.js';
import { LocalFiles } from './local-files.js';
import { encodeLocalRecord, fileName, filePrefix, type LocalRecord } from './local-record.js';
import type { NodeRecord } from './node-record.js';

const node = (id: string, change: Partial<NodeRecord> = {}): NodeRecord => ({
  service: 'echo',
  id,
  version: '1.0.0',
  addresses: {},
  weight: 10,
  metadata: {},
  endpoints: [],
  ttlMs: 60_000,
  epoch: 1,
  ...change,
});

const record = (id: string, change: Partial<NodeRecord> = {}): LocalRecord => ({
  node: node(id, change),
  stamp: { boot: 'b', pidNamespace: 'n', pid: 7, startedAt: '1', refreshedAtMs: 5 },
});

describe('the files of the local registry', () => {
  const clock = new ManualClock();
  let directory: string;
  let files: LocalFiles;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'skerry files '));
    files = new LocalFiles(directory, clock, 10_000);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const place = (id: string): string => join(directory, fileName(node(id)));

  test('show the service in their name, whatever it is called, and tell any two apart', () => {
    expect(fileName(node('echo-1'))).toMatch(/^echo\.[0-9a-f]{24}\.[0-9a-f]{24}\.json$/);
    expect(filePrefix('../../etc/passwd')).toMatch(/^etc-passwd\.[0-9a-f]{24}\.$/);
    expect(filePrefix('日本語')).toMatch(/^service\.[0-9a-f]{24}\.$/);
    expect(filePrefix('x'.repeat(200)).length).toBeLessThan(80);
    const names = ['a/b', 'a-b', 'A-B', 'a.b', 'e\u0301', '\u00e9', '..', '.', 'ab', 'a'];
    expect(new Set(names.map(filePrefix)).size).toBe(names.length);
  });

  test('hold a record whole, readable by their owner alone, and nothing else', async () => {
    await files.write(record('a'));
    await files.write(record('a', { epoch: 2 }));
    expect(readdirSync(directory)).toEqual([fileName(node('a'))]);
    expect(await files.read(fileName(node('a')))).toEqual(record('a', { epoch: 2 }));
  });

  test('are none in a directory that is not there', async () => {
    const nowhere = new LocalFiles(join(directory, 'nowhere'), clock, 10_000);
    expect(await nowhere.list()).toEqual([]);
    expect(await nowhere.readAll([fileName(node('a'))])).toEqual(new Map());
    await nowhere.remove(fileName(node('a')));
    await expect(nowhere.write(record('a'))).rejects.toThrow('ENOENT');
  });

  test('that are no record are left alone and left out', async () => {
    const valid = encodeLocalRecord(record('valid'));
    writeFileSync(place('valid'), valid);
    writeFileSync(place('empty'), '');
    writeFileSync(place('garbage'), Buffer.from([0xff, 0, 0xfe, 0x7b]));
    writeFileSync(place('half'), encodeLocalRecord(record('half')).slice(0, -20));
    writeFileSync(place('null'), 'null');
    writeFileSync(place('deep'), '['.repeat(5_000) + ']'.repeat(5_000));
    writeFileSync(place('copy of another'), valid);
    writeFileSync(place('weightless'), encodeLocalRecord(record('weightless', { weight: 0 })));
    writeFileSync(
      place('of another format'),
      encodeLocalRecord(record('of another format')).replace('"format":1', '"format":2'),
    );
    for (const pid of [0, -1, 1.5, 2 ** 31, '"7"']) {
      writeFileSync(place(`pid ${pid}`), encodeLocalRecord(record(`pid ${pid}`)).replace('"pid":7', `"pid":${pid}`));
    }
    writeFileSync(place('huge'), encodeLocalRecord(record('huge', { metadata: { padding: 'x'.repeat(12_000) } })));
    writeFileSync(place('giant'), '');
    truncateSync(place('giant'), 2 ** 40);
    mkdirSync(place('directory'));
    writeFileSync(join(directory, 'elsewhere'), encodeLocalRecord(record('link')));
    symlinkSync(join(directory, 'elsewhere'), place('link'));
    symlinkSync(place('loop'), place('loop'));
    symlinkSync('/dev/zero', place('device'));
    execFileSync('mkfifo', [place('pipe')]);
    writeFileSync(join(directory, 'notes.txt'), 'not ours');
    const server = createServer();
    // Bound by a short name: the path of a socket is limited.
    await new Promise<void>((resolve) => server.listen(join(directory, 's'), resolve));
    renameSync(join(directory, 's'), place('socket'));

    const before = readdirSync(directory);
    const names = await files.list();
    expect(names).toHaveLength(before.length - 2);
    expect(await files.readAll(names)).toEqual(new Map([[fileName(node('valid')), record('valid')]]));
    expect(readdirSync(directory)).toEqual(before);
    await new Promise((resolve) => server.close(resolve));
  });

  test('are read many at a time, without running out of handles', async () => {
    for (let i = 0; i < 3_000; i++) writeFileSync(place(`n${i}`), encodeLocalRecord(record(`n${i}`)));
    expect((await files.readAll(await files.list())).size).toBe(3_000);
  });

  test('that could not be written leave the old value and nothing else', async () => {
    mkdirSync(place('a'));
    await expect(files.write(record('a'))).rejects.toThrow();
    expect(readdirSync(directory)).toEqual([fileName(node('a'))]);
  });

  test('left behind by a process that died while writing are cleaned up after a minute', async () => {
    const now = clock.now();
    const [fresh, old, otherBoot] = [now, now - 61_000, now + 10_000_000].map(
      (time) => `.${Math.floor(time)}-0123456789abcdef.tmp`,
    );
    for (const name of [fresh!, old!, otherBoot!, '.hidden', '.12-x.tmp']) writeFileSync(join(directory, name), '');
    expect(await files.list()).toEqual([]);
    expect(readdirSync(directory).sort()).toEqual(['.12-x.tmp', '.hidden', fresh].sort());
  });

  test('of the dead are buried', async () => {
    await files.write(record('a'));
    await files.bury(fileName(node('a')), () => false);
    await files.bury(fileName(node('a')), () => false);
    expect(readdirSync(directory)).toEqual([]);
  });

  test('of those that came back to life are not', async () => {
    await files.write(record('a'));
    await files.bury(fileName(node('a')), () => true);
    expect(readdirSync(directory)).toEqual([fileName(node('a'))]);
    expect(await files.read(fileName(node('a')))).toEqual(record('a'));
  });

  test('are never lost to readers that bury what a writer just refreshed', async () => {
    const name = fileName(node('a'));
    const alive = ({ node: { epoch } }: LocalRecord): boolean => epoch > 1;
    for (let round = 0; round < 100; round++) {
      await files.write(record('a', { epoch: 1 }));
      // The readers have seen epoch 1 die; meanwhile its process writes epoch 2.
      await Promise.all([files.bury(name, alive), files.write(record('a', { epoch: 2 })), files.bury(name, alive)]);
      expect((await files.read(name))?.node.epoch).toBe(2);
    }
    expect(readdirSync(directory)).toEqual([name]);
    expect(readFileSync(place('a'), 'utf8')).toBe(encodeLocalRecord(record('a', { epoch: 2 })));
  });
});
