import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { ManualClock } from '@skerry/core';
import { PackageFolder } from '../../fixtures/package-folder.js';
import { examine } from '../examine.js';
import { listen } from './listen.js';
import { openFiles } from './open-files.js';
import { registryDirectory } from './registry-directory.js';
import { signals } from './signals.js';

let folder: PackageFolder;
beforeEach(() => (folder = new PackageFolder()));
afterEach(() => folder.close());

const fails = (text: string | RegExp, fix = ''): object => ({
  status: 'fail',
  text: expect.stringMatching(text),
  fix: expect.stringContaining(fix),
});
const warns = (text: string | RegExp, fix = ''): object => ({ ...fails(text, fix), status: 'warn' });
const fine = [{ status: 'ok', text: expect.any(String) }];

test('listen: a port that is taken, with who has it where that is shown', async () => {
  const server = await new Promise<Server>((resolve) => {
    const made = createServer().listen(0, '127.0.0.1', () => resolve(made));
  });
  const { port } = server.address() as AddressInfo;
  const env = { SKERRY_LISTEN: `tcp://127.0.0.1:${port}` };
  const owner = process.platform === 'linux' ? ` by .+ \\(pid ${process.pid}\\)` : '';
  expect(await folder.run(listen, { env })).toEqual([fails(new RegExp(`${port} is taken${owner}`), 'SKERRY_LISTEN')]);
  await new Promise((closed) => server.close(closed));
  expect(await folder.run(listen, { env })).toEqual(fine);
});

test.each([
  ['127.0.0.1:80', 'no address'],
  ['tcp://192.0.2.1:0', 'no interface here has that address'],
])('listen: %s', async (SKERRY_LISTEN, text) => {
  expect(await folder.run(listen, { env: { SKERRY_LISTEN } })).toEqual([fails(text)]);
});

test('listen: a free port of this machine, and what is no port', async () => {
  expect(await folder.run(listen)).toEqual(fine);
  expect(await folder.run(listen, { env: { SKERRY_LISTEN: 'unix:///run/shop.sock' } })).toEqual(fine);
});

test('local registry: a directory that others can write to, that is none, or that has things of others', async () => {
  const path = join(folder.path, 'registry');
  expect(await folder.run(registryDirectory)).toEqual([
    { status: 'ok', text: expect.stringContaining('will be made') },
  ]);
  mkdirSync(path);
  chmodSync(path, 0o777);
  expect(await folder.run(registryDirectory)).toEqual([fails('others can write to it \\(mode 0777\\)', 'chmod 700')]);
  chmodSync(path, 0o700);
  expect(await folder.run(registryDirectory)).toEqual(fine);
  folder.write('registry/notes.txt', 'mine');
  expect(await folder.run(registryDirectory)).toEqual([warns('notes.txt')]);
  rmSync(path, { recursive: true });
  folder.write('registry', 'a file');
  expect(await folder.run(registryDirectory)).toEqual([fails('no directory', 'remove it')]);
});

test('local registry: records of processes that have died are counted, and left where they are', async () => {
  folder.write('registry/shop.a.b.json', { stamp: { pid: 1, boot: 'another boot' } });
  chmodSync(join(folder.path, 'registry'), 0o700);
  const told = { status: 'ok', text: expect.stringContaining('1 records, 1 of processes that have died') };
  expect(await folder.run(registryDirectory)).toEqual([told]);
  expect(await folder.run(registryDirectory)).toEqual([told]);
});

test('open files: a low limit, and a system that does not tell', async () => {
  const limit = (soft: string): string =>
    `Limit  Soft Limit  Hard Limit  Units\nMax open files            ${soft}  524288  files\n`;
  const proc = join(folder.path, 'proc');
  expect(await folder.run(openFiles, { proc })).toEqual([{ status: 'ok', text: expect.stringContaining('not known') }]);
  folder.write('proc/self/limits', limit('1024'));
  expect(await folder.run(openFiles, { proc })).toEqual([warns('^1024 may be open', 'ulimit')]);
  folder.write('proc/self/limits', limit('1048576'));
  expect(await folder.run(openFiles, { proc })).toEqual(fine);
});

test.each<[string, string | undefined]>([
  ['CMD ["npm", "start"]', 'CMD starts npm'],
  ['CMD npm start', 'CMD starts npm'],
  ['CMD node dist/main.js', 'CMD starts a shell'],
  ['ENTRYPOINT ["sh", "-c", "node dist/main.js"]', 'ENTRYPOINT starts a shell'],
  ['CMD ["npm", "start"]\nCMD ["node", \\\n  "dist/main.js"]', undefined],
  ['CMD exec node dist/main.js', undefined],
  ['ENTRYPOINT ["sh", "-c", "exec node dist/main.js"]', undefined],
])('signals: a Dockerfile with %j', async (line, text) => {
  folder.write('Dockerfile', `FROM node:22\n${line}\n`);
  const proc = join(folder.path, 'proc');
  expect(await folder.run(signals, { proc })).toEqual(
    text === undefined ? fine : [warns(text, '["node", "dist/main.js"]')],
  );
});

test('signals: npm as the first process of a container', async () => {
  const proc = join(folder.path, 'proc');
  folder.write('proc/1/cmdline', 'node\0/usr/local/bin/npm\0start\0');
  expect(await folder.run(signals, { proc })).toEqual([warns('^npm is the first process')]);
  folder.write('proc/1/cmdline', '/sbin/init\0');
  expect(await folder.run(signals, { proc })).toEqual(fine);
});

test('a check that fails or hangs is a finding, and the others have their say', async () => {
  const clock = new ManualClock();
  const examined = examine(folder.ground({ clock }), [
    { name: 'broken', run: () => Promise.reject(new Error('no such thing')) },
    { name: 'hanging', run: () => new Promise(() => undefined) },
    { name: 'good', run: async () => [{ status: 'ok', text: 'fine' }] },
  ]);
  await clock.advance(20_000);
  expect(await examined).toEqual([
    { check: 'broken', findings: [fails('not known: no such thing')] },
    { check: 'hanging', findings: [fails('took more than 20 s')] },
    { check: 'good', findings: [{ status: 'ok', text: 'fine' }] },
  ]);
});
