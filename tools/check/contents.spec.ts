import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { create } from 'tar';
import { contents } from './contents.mjs';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'skerry-contents-'));
  write('package.json', JSON.stringify({ engines: { node: '>=20.19' } }));
  write('packages/boat/src/index.ts', '');
});
afterEach(() => rmSync(root, { recursive: true }));

const map = JSON.stringify({ sources: ['../src/index.ts'], sourcesContent: [''] });
const manifest = {
  name: '@skerry/boat',
  version: '0.1.0',
  description: 'floats',
  keywords: ['skerry', 'boat'],
  license: 'MIT',
  type: 'module',
  sideEffects: false,
  engines: { node: '>=20.19' },
  publishConfig: { access: 'public' },
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
};
const files: Record<string, string> = {
  LICENSE: 'MIT',
  'README.md': '# Boat',
  'dist/index.js': '//# sourceMappingURL=index.js.map',
  'dist/index.js.map': map,
  'dist/index.d.ts': '',
};

function write(path: string, text: string): void {
  mkdirSync(join(root, dirname(path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** What is said about the boat when it is packed with this. */
async function complaints(says: object = {}, has: Record<string, string | undefined> = {}): Promise<string[]> {
  const all = { ...files, 'package.json': JSON.stringify({ ...manifest, ...says }), ...has };
  const packed = Object.entries(all).filter((each): each is [string, string] => each[1] !== undefined);
  for (const [path, text] of packed) write(`package/${path}`, text);
  const tarball = join(root, 'boat.tgz');
  await create(
    { cwd: root, file: tarball, gzip: true },
    packed.map(([path]) => `package/${path}`),
  );
  const { name, version } = manifest;
  return contents(root, [{ name, version, home: 'packages/boat', tarball, size: 0, unpackedSize: 0, files: [] }]);
}

test('a package that has all and no more is fine', async () => {
  await expect(complaints()).resolves.toEqual([]);
});

test.each([
  [
    'says too little',
    { description: '', sideEffects: undefined, publishConfig: {} },
    {},
    ['description', 'sideEffects', 'publishConfig'],
  ],
  ['has no licence', {}, { LICENSE: undefined }, ['LICENSE is missing']],
  [
    'has tests',
    {},
    { 'dist/index.spec.js': '' },
    ['dist/index.spec.js is of no use to a user', 'is of a source that is gone'],
  ],
  ['has what a build left', {}, { 'dist/old.js': '' }, ['dist/old.js is of a source that is gone']],
  [
    'exports what is not there',
    { exports: { './oar': { default: './dist/oar.js' } } },
    {},
    ['exports dist/oar.js, which is not there'],
  ],
  ['has lost its maps', {}, { 'dist/index.js.map': undefined }, ['names a source map that is not there']],
  [
    'has maps that lead nowhere',
    {},
    { 'dist/index.js.map': '{"sources":["../src/index.ts"]}' },
    ['leads to ../src/index.ts'],
  ],
  [
    'needs what is private',
    { dependencies: { '@skerry-private/rope': '0.1.0' } },
    {},
    ['@skerry-private/rope, which is not published'],
  ],
  [
    'needs another version of ours',
    { dependencies: { '@skerry/boat': '^0.1.0' } },
    {},
    ['all packages have one version, 0.1.0'],
  ],
])('a package that %s is not', async (_, says, has, expected) => {
  const found = await complaints(says, has);
  expect(found).toEqual(expected.map((each) => expect.stringContaining(each)));
});
