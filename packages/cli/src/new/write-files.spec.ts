import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../usage-error.js';
import { writeFiles } from './write-files.js';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'skerry-write-'));
});
afterEach(() => rm(cwd, { recursive: true }));

const files = new Map([
  ['a.txt', 'a'],
  ['apps/b/c.txt', 'c'],
  ['apps/b/d.txt', 'd'],
]);

test('folders are made as they are needed', async () => {
  const folder = join(cwd, 'backend/shop');
  await writeFiles({ folder, shown: 'backend/shop', name: 'shop' }, files);
  expect(await readFile(join(folder, 'apps/b/d.txt'), 'utf8')).toBe('d');
});

test('when one cannot be written, none is left, and nothing is lost that was there', async () => {
  const folder = join(cwd, 'shop');
  await mkdir(join(folder, 'apps/b'), { recursive: true });
  await writeFile(join(folder, 'apps/b/d.txt'), 'mine');
  const writing = writeFiles({ folder, shown: 'shop', name: 'shop' }, files);
  await expect(writing).rejects.toThrow(UsageError);
  await expect(writing).rejects.toThrow(/^Cannot write shop: EEXIST/);
  expect(await readdir(folder, { recursive: true })).toEqual(['apps', 'apps/b', 'apps/b/d.txt']);
  expect(await readFile(join(folder, 'apps/b/d.txt'), 'utf8')).toBe('mine');
});

test('folders that were made for it are gone too', async () => {
  const broken = new Map([...files, ['a.txt/impossible', '']]);
  const folder = join(cwd, 'backend/shop');
  await expect(writeFiles({ folder, shown: 'backend/shop', name: 'shop' }, broken)).rejects.toThrow(UsageError);
  expect(await readdir(cwd)).toEqual([]);
});
