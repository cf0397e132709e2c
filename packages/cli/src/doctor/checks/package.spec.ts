import { PackageFolder } from '../../fixtures/package-folder.js';
import { compilers } from './compilers.js';
import { duplicates } from './duplicates.js';
import { jest as jestCheck } from './jest.js';
import { node } from './node.js';
import { packageType } from './package-type.js';
import { tsconfig } from './tsconfig.js';
import { versions } from './versions.js';

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

test('node: too old for Skerry, too old for the package, or a range that is none', async () => {
  expect(await folder.run(node, { nodeVersion: '20.19.0' })).toEqual(fine);
  expect(await folder.run(node, { nodeVersion: '20.18.1' })).toEqual([fails('Skerry needs >=20.19')]);
  folder.write('package.json', { type: 'module', engines: { node: '>=24' } });
  expect(await folder.run(node, { nodeVersion: '22.1.0' })).toEqual([fails('asks for >=24', 'use a Node')]);
  expect(await folder.run(node, { nodeVersion: '24.1.0' })).toEqual(fine);
  folder.write('package.json', { engines: { node: 'new' } });
  expect(await folder.run(node)).toEqual([fails('no range')]);
});

test('package: CommonJS, or none that can be read', async () => {
  expect(await folder.run(packageType)).toEqual(fine);
  folder.write('package.json', { name: 'shop' });
  expect(await folder.run(packageType)).toEqual([fails('no "type"', '"type": "module"')]);
  folder.write('package.json', { type: 'commonjs' });
  expect(await folder.run(packageType)).toEqual([fails('commonjs')]);
  folder.write('package.json', '{');
  expect(await folder.run(packageType)).toEqual([warns('no package.json that can be read')]);
});

const good = { experimentalDecorators: true, emitDecoratorMetadata: true, module: 'NodeNext', target: 'ES2022' };

test('tsconfig: flags, also those of what it extends', async () => {
  expect(await folder.run(tsconfig)).toEqual(fine);
  folder.write('base.json', { compilerOptions: good });
  folder.write('tsconfig.json', { extends: './base.json' });
  expect(await folder.run(tsconfig)).toEqual(fine);
  folder.write('tsconfig.json', { extends: './base.json', compilerOptions: { emitDecoratorMetadata: false } });
  expect(await folder.run(tsconfig)).toEqual([fails('emitDecoratorMetadata', '"emitDecoratorMetadata": true')]);
  folder.write('tsconfig.json', '{ /* comments are allowed */ }');
  expect(await folder.run(tsconfig)).toEqual([
    fails('experimentalDecorators'),
    fails('emitDecoratorMetadata'),
    fails('writes CommonJS', 'NodeNext'),
    warns('target is undefined', 'ES2022'),
  ]);
});

test.each<[object, string]>([
  [{ module: 'ESNext', moduleResolution: 'bundler' }, 'imports without .js'],
  [{ verbatimModuleSyntax: true }, 'import type'],
  [{ target: 'ES2017' }, 'target is es2017'],
])('tsconfig: warns of %j', async (options, text) => {
  folder.write('tsconfig.json', { compilerOptions: { ...good, ...options } });
  expect(await folder.run(tsconfig)).toEqual([warns(text)]);
});

test.each([
  ['tsx watch src/main.ts', 'tsx'],
  ['esbuild src/main.ts --bundle', 'esbuild'],
  ['node --watch src/main.ts', 'strip types'],
])('compilers: a script that runs %s', async (dev, text) => {
  folder.write('package.json', { type: 'module', scripts: { dev, build: 'tsc -p .', start: 'node dist/main.js' } });
  expect(await folder.run(compilers)).toEqual([warns(text, 'skerry run')]);
});

test('compilers: Vitest without swc, and swc without metadata', async () => {
  expect(await folder.run(compilers)).toEqual(fine);
  folder.write('vitest.config.ts', 'export default { test: {} }');
  expect(await folder.run(compilers)).toEqual([warns('vitest.config.ts', 'unplugin-swc')]);
  folder.write('vitest.config.ts', "import swc from 'unplugin-swc'; export default { plugins: [swc.vite()] }");
  folder.write('.swcrc', { jsc: { transform: { legacyDecorator: true } } });
  expect(await folder.run(compilers)).toEqual([warns('does not set decoratorMetadata', '"decoratorMetadata": true')]);
});

test('jest: compilers that leave out metadata', async () => {
  expect(await folder.run(jestCheck)).toEqual(fine);
  const config = (text: string): void => folder.write('jest.config.mjs', `export default { ${text} }`);
  config("transform: { '.ts$': ['@swc/jest', {}] }");
  expect(await folder.run(jestCheck)).toEqual([warns('without decoratorMetadata')]);
  config("transform: { '.ts$': ['@swc/jest', { jsc: { transform: { decoratorMetadata: true } } }] }");
  expect(await folder.run(jestCheck)).toEqual(fine);
  config("transform: { '.ts$': 'esbuild-jest' }");
  expect(await folder.run(jestCheck)).toEqual([warns('esbuild')]);
  config('verbose: true');
  expect(await folder.run(jestCheck)).toEqual([warns('Babel', '@swc/jest')]);
});

test('duplicates: a second copy of the core, with who brings it', async () => {
  expect(await folder.run(duplicates)).toEqual(fine);
  folder.install('plugin', '3.0.0', '', { dependencies: { '@skerry/core': '^0.9.0' } });
  folder.install('@skerry/core', '0.9.0', 'node_modules/plugin');
  const [found] = await folder.run(duplicates);
  expect(found).toEqual(fails('2 copies of @skerry/core', 'npm ls @skerry/core'));
  expect(found!.text).toContain('node_modules/@skerry/core (1.0.0, for shop)');
  expect(found!.text).toContain('node_modules/plugin/node_modules/@skerry/core (0.9.0, for plugin)');
});

test('duplicates: also in the packages of a workspace; what is less bad is a warning', async () => {
  folder.write('package.json', { name: 'root', type: 'module', workspaces: ['apps/*'] });
  folder.write('apps/orders/package.json', {
    name: 'orders',
    type: 'module',
    dependencies: { 'class-validator': '1' },
  });
  folder.install('class-validator', '0.14.0');
  folder.install('class-validator', '0.15.0', 'apps/orders');
  const ground = folder.ground();
  const orders = { ...ground, folder: `${folder.path}/apps/orders` };
  const [found] = await duplicates.run(orders);
  expect(found).toEqual(warns(/apps\/orders\/node_modules\/class-validator \(0\.15\.0, for orders\)/));
});

test('versions: packages of Skerry that differ', async () => {
  expect(await folder.run(versions)).toEqual(fine);
  folder.install('@skerry/consul', '1.1.0');
  expect(await folder.run(versions)).toEqual([
    fails(
      /1\.0\.0: @skerry\/core\n1\.1\.0: @skerry\/consul|1\.1\.0: @skerry\/consul\n1\.0\.0: @skerry\/core/,
      '@skerry/core@latest',
    ),
  ]);
});
