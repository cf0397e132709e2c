import { FileTree } from '../fixtures/file-tree.js';
import { UsageError } from '../usage-error.js';
import { choosePackages } from './choose-packages.js';
import { serviceApps } from './service-apps.js';
import { readWorkspace } from './workspace.js';

let tree: FileTree;
beforeEach(() => {
  tree = new FileTree().write({
    'package.json': { private: true, workspaces: ['apps/*', 'libs/*'] },
    'apps/greeter/package.json': { name: '@shop/greeter', skerry: { module: 'dist/app.module.js' } },
    'apps/greeter/src/app.module.ts': '',
    'apps/greeter/src/main.ts': '',
    'apps/notes/package.json': {},
    'apps/notes/src/app.module.ts': '',
    'apps/page/package.json': { name: '@shop/page', dependencies: { '@shop/contracts': '*' } },
    'apps/page/src/index.ts': '',
    'libs/contracts/package.json': { name: '@shop/contracts' },
    'libs/contracts/src/index.ts': '',
    'libs/contracts/node_modules/x/package.json': { skerry: { module: 'x.js' } },
    'elsewhere/package.json': { skerry: { module: 'x.js' } },
  });
});
afterEach(() => tree.remove());

const names = (): string[] => serviceApps(readWorkspace(tree.path)).map(({ name }) => name);

describe('the service applications of a workspace', () => {
  test('are those that name a module or have the usual one', () => {
    expect(serviceApps(readWorkspace(tree.path))).toEqual([
      {
        name: 'greeter',
        directory: tree.at('apps/greeter'),
        entry: tree.at('apps/greeter/src/main.ts'),
        standalone: true,
        module: tree.at('apps/greeter/src/app.module.ts'),
      },
      {
        name: 'notes',
        directory: tree.at('apps/notes'),
        entry: tree.at('apps/notes/src/app.module.ts'),
        standalone: false,
        module: tree.at('apps/notes/src/app.module.ts'),
      },
    ]);
  });

  test('are found from any directory of it', () => {
    expect(readWorkspace(tree.at('apps/greeter/src')).root).toBe(tree.path);
  });

  test('are found where pnpm keeps the workspace, in a file of its own, without those that it leaves out', () => {
    tree.write({
      'package.json': { private: true },
      'pnpm-workspace.yaml': "packages:\n  - 'apps/*'\n  - '!apps/notes'\nallowBuilds: { nx: false }\n",
    });
    expect(readWorkspace(tree.at('apps/greeter/src')).root).toBe(tree.path);
    expect(names()).toEqual(['greeter']);
  });

  test('are those of package.json where pnpm has settings only', () => {
    tree.write({ 'pnpm-workspace.yaml': 'allowBuilds: { nx: false }\n' });
    expect(names()).toEqual(['greeter', 'notes']);
  });

  test('keep the export that is named, and JavaScript that has no source', () => {
    tree.write({
      'apps/a/package.json': { name: 'a', skerry: { module: 'dist/modules.js#Shop' } },
      'apps/a/src/modules.ts': '',
      'apps/b/package.json': { name: 'b', skerry: { module: './app.module.js' } },
      'apps/b/app.module.js': '',
    });
    const modules = serviceApps(readWorkspace(tree.path)).map(({ module }) => module);
    expect(modules.slice(0, 2)).toEqual([tree.at('apps/a/src/modules.ts#Shop'), tree.at('apps/b/app.module.js')]);
  });

  test('that are called the same are called by their directories', () => {
    tree.write({ 'libs/greeter/package.json': { name: '@other/greeter', skerry: { module: 'x.js' } } });
    expect(names()).toEqual(['apps/greeter', 'notes', 'libs/greeter']);
  });

  test('is the package itself where there is no workspace', () => {
    const alone = new FileTree().write({ 'package.json': { name: 'solo' }, 'src/app.module.ts': '' });
    expect(serviceApps(readWorkspace(alone.at('src')))).toMatchObject([{ name: 'solo', directory: alone.path }]);
    alone.remove();
  });

  test('cannot be found where a package.json cannot be read', () => {
    tree.write({ 'apps/notes/package.json': '{' });
    expect(names).toThrow(UsageError);
    expect(names).toThrow(tree.at('apps/notes/package.json'));
    tree.write({ 'apps/notes/package.json': {}, 'pnpm-workspace.yaml': 'packages: [' });
    expect(names).toThrow(UsageError);
    expect(names).toThrow(tree.at('pnpm-workspace.yaml'));
  });
});

describe('the packages that are meant', () => {
  const chosen = (asked: readonly string[], from = '.'): (string | undefined)[] =>
    choosePackages(readWorkspace(tree.path), asked, tree.at(from)).map(({ directory }) => directory.split('/').at(-1));

  test('are all with sources at the root, each behind what it needs', () => {
    expect(chosen([])).toEqual(['greeter', 'notes', 'contracts', 'page']);
  });

  test('is the one that the working directory is in', () => {
    expect(chosen([], 'apps/page/src')).toEqual(['page']);
  });

  test('are those named, in whatever way', () => {
    expect(chosen(['page', '@shop/greeter', 'libs/contracts'])).toEqual(['greeter', 'contracts', 'page']);
  });

  test('are told when one is not there', () => {
    expect(() => chosen(['pge'])).toThrow('Cannot find the package pge.');
  });
});
