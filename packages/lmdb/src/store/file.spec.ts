import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@skerry/core';
import { LmdbStoreDriver } from './lmdb-store.js';

const { signal } = new AbortController();
const clock = new ManualClock();
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skerry-lmdb-'));
  path = join(folder, 'store.lmdb');
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (at = path): LmdbStoreDriver => new LmdbStoreDriver(clock, { path: at });
const refused = (...fragments: string[]) =>
  expect.objectContaining({
    code: 'SKERRY_STORE_FILE_UNUSABLE',
    message: expect.stringMatching(new RegExp(fragments.join('.*'))),
    details: expect.objectContaining({ path: expect.stringContaining('store.lmdb') }),
  });

async function write(): Promise<void> {
  const driver = open();
  await driver.put({ type: 'put', key: 'a', value: Buffer.of(1) }, signal);
  await driver.close();
}

test('is made when it is missing, with its folder, for this user alone', async () => {
  path = join(folder, 'deep/er/store.lmdb');
  await write();
  expect(statSync(join(folder, 'deep/er')).mode & 0o777).toBe(0o700);
  expect(readdirSync(join(folder, 'deep/er')).sort()).toEqual(['store.lmdb', 'store.lmdb-lock']);
  for (const name of [path, `${path}-lock`]) expect(statSync(name).mode & 0o777).toBe(0o600);
});

test('may be empty, as a process leaves it that was killed while it made it', async () => {
  writeFileSync(path, '', { mode: 0o600 });
  await write();
  expect(statSync(path).size).toBeGreaterThan(0);
});

test.each([
  ['text', 'not a database '.repeat(1_000)],
  ['a few bytes', 'x'],
  ['zeroes', '\0'.repeat(100_000)],
])('is refused when it is of something else: %s', (_what, content) => {
  writeFileSync(path, content, { mode: 0o600 });
  expect(() => open()).toThrow(refused('not a file of LMDB', 'name another one'));
  expect(statSync(path).size).toBe(content.length);
});

test('is refused when its end was lost', async () => {
  await write();
  truncateSync(path, 5_000);
  expect(() => open()).toThrow(refused('ends after 5000 bytes'));
});

test('is refused when others can write to it, or to where it stands', async () => {
  await write();
  chmodSync(path, 0o666);
  expect(() => open()).toThrow(refused('mode 0666', 'chmod 600'));
  chmodSync(path, 0o600);
  chmodSync(`${path}-lock`, 0o620);
  expect(() => open()).toThrow(refused('-lock', 'mode 0620'));
  chmodSync(`${path}-lock`, 0o600);
  chmodSync(folder, 0o777);
  expect(() => open()).toThrow(refused('everybody', 'chmod o-w'));
  chmodSync(folder, 0o700);
  await open().close();
});

test('is refused when it is a folder, or a link', () => {
  mkdirSync(path);
  expect(() => open()).toThrow(refused('not a file'));
  rmSync(path, { recursive: true });
  writeFileSync(join(folder, 'elsewhere'), '');
  symlinkSync(join(folder, 'elsewhere'), path);
  expect(() => open()).toThrow(refused('symbolic link'));
});

test('keeps everything for whoever opens it next, and no version comes again', async () => {
  let driver = open();
  const first = await driver.put({ type: 'put', key: 'a', value: Buffer.from('kept') }, signal);
  await driver.put({ type: 'put', key: 'brief', value: Buffer.of(1), ttlMs: 1_000 }, signal);
  await driver.delete({ type: 'delete', key: 'none' }, signal);
  await driver.close();
  await clock.advance(1_000);
  driver = open();
  expect(Buffer.from((await driver.get('a', signal))!.value).toString()).toBe('kept');
  expect(await driver.get('brief', signal)).toBeUndefined();
  const second = await driver.put({ type: 'put', key: 'a', value: Buffer.of(2) }, signal);
  expect(second).not.toEqual(first);
  await driver.close();
});
