import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { UsageError } from '../usage-error.js';
import { findModuleFile } from './module-file.js';

let cwd: string;
beforeEach(() => (cwd = realpathSync(mkdtempSync(join(tmpdir(), 'skerry-cli-')))));
afterEach(() => rmSync(cwd, { recursive: true }));

function write(file: string, text = '', modifiedAt = 1_000): void {
  const path = join(cwd, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  utimesSync(path, modifiedAt, modifiedAt);
}

const nothing = (): undefined => undefined;

/** Where TypeScript cannot be compiled. */
function find(asked?: string): object {
  return findModuleFile(asked, cwd, '', nothing);
}

/** The message and the fix of what is thrown. */
function refusal(asked?: string): string {
  try {
    findModuleFile(asked, cwd, '', nothing);
  } catch (error) {
    if (error instanceof UsageError) return `${error.message}\n${error.fix}`;
    throw error;
  }
  return 'found';
}

test('finds the file that is named', () => {
  write('dist/shop.js');
  expect(find('dist/shop.js')).toEqual({ path: join(cwd, 'dist/shop.js'), shown: 'dist/shop.js' });
});

test('takes an export behind a #, unless the file itself is called so', () => {
  write('dist/shop.js');
  const path = join(cwd, 'dist/shop.js');
  expect(find('dist/shop.js#ShopModule')).toEqual({ path, exportName: 'ShopModule', shown: 'dist/shop.js#ShopModule' });
  write('dist/a#b.js');
  expect(find('dist/a#b.js')).toEqual({ path: join(cwd, 'dist/a#b.js'), shown: 'dist/a#b.js' });
});

test('finds what package.json names, also as an export of a file', () => {
  write('dist/app.module.js');
  write('build/main.js');
  write('package.json', '{ "skerry": { "module": "build/main.js#Main" } }');
  expect(find()).toEqual({ path: join(cwd, 'build/main.js'), exportName: 'Main', shown: 'build/main.js#Main' });
});

test('finds the usual file where nothing is named', () => {
  write('package.json', '{}');
  write('dist/app.module.js');
  expect(find()).toMatchObject({ shown: 'dist/app.module.js' });
});

test('says what it looked for when there is nothing', () => {
  expect(refusal()).toContain('"skerry": { "module": ... }');
  expect(refusal()).toContain('dist/app.module.js');
});

test.each(['{ "skerry": { "module": 3 } }', '{ "skerry": { "module": "" } }', '{'])(
  'refuses a package.json of %s',
  (text) => {
    write('package.json', text);
    expect(refusal()).toContain(join(cwd, 'package.json'));
  },
);

test('says what there is instead of a file that is not there', () => {
  write('dist/shop.module.js');
  expect(refusal('dist/app.module.js')).toContain(`${join(cwd, 'dist')} has shop.module.js`);
  expect(refusal('build/app.module.js')).toContain(`there is no directory ${join(cwd, 'build')}; was it built?`);
  expect(refusal('dist')).toContain('it is a directory');
});

test('names package.json when that is where a missing file is named', () => {
  write('package.json', '{ "skerry": { "module": "dist/gone.js" } }');
  expect(refusal()).toMatch(/^Cannot find dist\/gone\.js, which package\.json names as skerry\.module:/);
});

test('takes what a TypeScript file was compiled to, and says so', () => {
  write('package.json', '{}');
  write('src/shop/app.module.ts');
  write('dist/shop/app.module.js');
  expect(find('src/shop/app.module.ts#Shop')).toEqual({
    path: join(cwd, 'dist/shop/app.module.js'),
    exportName: 'Shop',
    shown: 'dist/shop/app.module.js#Shop',
    note: 'src/shop/app.module.ts is TypeScript: using dist/shop/app.module.js',
  });
});

test('knows the package of the file from any directory', () => {
  write('shop/package.json', '{}');
  write('shop/src/app.module.mts');
  write('shop/dist/app.module.mjs');
  expect(find('shop/src/app.module.mts')).toMatchObject({ shown: 'shop/dist/app.module.mjs' });
});

test('says that what was compiled is older than its source', () => {
  write('package.json', '{}');
  write('dist/app.module.js', '', 1_000);
  write('src/app.module.ts', '', 2_000);
  expect(find('src/app.module.ts')).toMatchObject({ note: expect.stringContaining('which is older: build again') });
});

test('takes TypeScript itself where it can be compiled on the way', () => {
  write('package.json', '{}');
  write('src/app.module.ts');
  write('dist/app.module.js');
  expect(findModuleFile('src/app.module.ts#Shop', cwd)).toEqual({
    path: join(cwd, 'src/app.module.ts'),
    exportName: 'Shop',
    shown: 'src/app.module.ts#Shop',
  });
});

test('says that a TypeScript file is not there, rather than to build it', () => {
  write('package.json', '{}');
  write('src/shop.module.ts');
  expect(refusal('src/app.module.ts')).toMatch(/^Cannot run src\/app\.module\.ts: .*\nname a file that is there$/);
});

test('says to build first where nothing was compiled', () => {
  write('package.json', '{}');
  write('src/app.module.ts');
  expect(refusal('src/app.module.ts')).toMatch(
    /it is TypeScript, .* there is no dist\/app\.module\.js.*\nnpm install --save-dev @swc\/core, or build it/,
  );
});
