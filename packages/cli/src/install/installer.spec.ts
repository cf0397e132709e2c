import { FileTree } from '../fixtures/file-tree.js';
import { installCommand, installerOf } from './installer.js';

let tree: FileTree;
beforeEach(() => (tree = new FileTree().write({ 'package.json': { name: 'shop' } })));
afterEach(() => tree.remove());

test.each([
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
])('where there is %s, %s installs', (file, manager) => {
  tree.write({ [file]: '', 'package.json': { packageManager: 'npm@11.0.0' } });
  expect(installerOf(tree.path)).toBe(manager);
});

test('without a lock file it is the one that package.json names, else npm', () => {
  expect(installerOf(tree.path)).toBe('npm');
  tree.write({ 'package.json': { packageManager: 'pnpm@10.0.0+sha512.abc' } });
  expect(installerOf(tree.path)).toBe('pnpm');
  tree.write({ 'package.json': { packageManager: 'sh; true' } });
  expect(installerOf(tree.path)).toBe('npm');
});

test('a package of a workspace that pnpm has is installed by pnpm', () => {
  tree.write({ 'pnpm-workspace.yaml': 'packages: [apps/*]', 'apps/a/package.json': { name: 'a' } });
  expect(installerOf(tree.at('apps/a'))).toBe('pnpm');
  tree.write({ 'apps/a/package.json': { workspaces: [] } });
  expect(installerOf(tree.at('apps/a'))).toBe('npm');
});

test('each may write its lock file anew, in a build too', () => {
  const lines = (['npm', 'pnpm', 'yarn', 'bun'] as const).map((each) => installCommand(each, {}).command.join(' '));
  expect(lines).toEqual([
    'npm install --no-audit --no-fund',
    'pnpm install --no-frozen-lockfile',
    'yarn install',
    'bun install',
  ]);
  expect(installCommand('yarn', { A: '1' }).env).toEqual({ A: '1', YARN_ENABLE_IMMUTABLE_INSTALLS: 'false' });
});
