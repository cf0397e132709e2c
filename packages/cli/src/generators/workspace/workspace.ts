import { UsageError } from '../../usage-error.js';
import { pnpmPatterns, pnpmWorkspaceFile } from '../../workspace/pnpm-workspace.js';
import { SourceFile } from '../syntax/source-file.js';
import { below, type FileTree } from '../tree/file-tree.js';
import { unknown } from './names.js';
import { readManifest, type Manifest } from './package-file.js';

/** A package of the workspace. */
export interface Package {
  /** Relative to the root of the workspace; `''` for the root. */
  readonly directory: string;
  readonly manifest: Manifest;
}

/** A package that is an application with services. */
export interface ServiceApp extends Package {
  /** The last part of its directory. */
  readonly name: string;
  /** The file of its root module. */
  readonly moduleFile: string;
  /** The root module, where package.json says which. */
  readonly moduleName?: string;
}

const ignored = new Set(['node_modules/', 'dist/', 'coverage/']);

/** What a generator has to know about where it writes: the packages of the workspace, the applications and the library of messages among them. */
export class Workspace {
  private constructor(
    readonly tree: FileTree,
    readonly root: Package,
    readonly packages: readonly Package[],
    /** By name. */
    readonly apps: readonly ServiceApp[],
    /** Where the user stands, relative to the root. */
    private readonly cwd: string,
    private readonly patterns: readonly string[],
  ) {}

  static open(tree: FileTree, cwd = ''): Workspace {
    const root = { directory: '', manifest: readManifest(tree, '') ?? {} };
    const patterns = patternsOf(tree, root.manifest);
    const leftOut = patterns.filter((each) => each.startsWith('!')).flatMap((each) => matching(tree, each.slice(1)));
    const packages = patterns
      .flatMap((pattern) => matching(tree, pattern))
      .filter((directory) => !leftOut.includes(directory))
      .flatMap((directory) => {
        const manifest = readManifest(tree, directory);
        return manifest ? [{ directory, manifest }] : [];
      });
    const apps = [root, ...packages].flatMap((each) => serviceApp(tree, each) ?? []);
    return new Workspace(
      tree,
      root,
      packages,
      apps.sort((a, b) => (a.name < b.name ? -1 : 1)),
      cwd,
      patterns,
    );
  }

  /** With what was written meanwhile. */
  reopened(): Workspace {
    return Workspace.open(this.tree, this.cwd);
  }

  /** The library whose package is called contracts. */
  get contracts(): Package | undefined {
    return this.packages.find(
      ({ directory, manifest: { name = '' } }) => /(^|\/)contracts$/.test(name) || directory.endsWith('/contracts'),
    );
  }

  /** Whether it has a place for another application. */
  get takesApps(): boolean {
    return this.patterns.some((pattern) => pattern === 'apps/*' || pattern === 'apps/**');
  }

  /**
   * The application of this name; without one, that in which the user stands, or the only one. Rejects with a `UsageError` that names those
   * that there are.
   */
  async app(name?: string): Promise<ServiceApp> {
    const { apps, cwd } = this;
    if (name !== undefined) {
      const wanted = name.replace(/\/$/, '');
      const found = apps.find((each) =>
        [each.name, each.directory, each.manifest.name, each.manifest.name?.split('/').at(-1)].includes(wanted),
      );
      if (found) return found;
      throw await unknown(
        'the application',
        name,
        apps.map((each) => each.name),
        'name one of the workspace: --app greeter',
      );
    }
    const around = apps.filter(({ directory }) => directory !== '' && `${cwd}/`.startsWith(`${directory}/`));
    const found = around[0] ?? (apps.length === 1 ? apps[0] : undefined);
    if (found) return found;
    if (apps.length === 0) {
      throw new UsageError(
        'Cannot find an application: no package of the workspace has src/app.module.ts or "skerry": { "module": ... }.',
        this.takesApps
          ? 'make one: skerry generate service orders'
          : 'write it in a workspace: a package.json with "workspaces": ["apps/*"]',
      );
    }
    throw new UsageError(
      `Cannot tell which application is meant: there are ${apps.map((each) => each.name).join(', ')}.`,
      `say --app ${apps[0]!.name}`,
    );
  }

  /** The TypeScript files of a package, without its tests and declarations, in order. */
  sources({ directory }: Package): string[] {
    return this.filesOf(below(directory, 'src')).filter(
      (path) => /\.[cm]?ts$/.test(path) && !/\.(spec|test|d)\.[cm]?ts$/.test(path),
    );
  }

  /** The packages of the workspace that a package depends on, itself first. */
  withDependencies(start: Package): Package[] {
    const found = [start];
    for (const each of found) {
      const names = Object.keys({ ...each.manifest.dependencies, ...each.manifest.devDependencies });
      for (const other of this.packages) {
        if (names.includes(other.manifest.name ?? '') && !found.includes(other)) found.push(other);
      }
    }
    return found;
  }

  parse(path: string): SourceFile {
    const text = this.tree.read(path);
    if (text === undefined) throw new UsageError(`Cannot find ${path}.`, 'name a file that is there');
    return SourceFile.parse(path, text);
  }

  private filesOf(directory: string): string[] {
    return this.tree
      .list(directory)
      .filter((name) => !ignored.has(name))
      .flatMap((name) =>
        name.endsWith('/') ? this.filesOf(below(directory, name.slice(0, -1))) : [below(directory, name)],
      );
  }
}

/** Of npm; yarn knows a second form, and pnpm has a file of its own. */
function patternsOf(tree: FileTree, { workspaces = [] }: Manifest): string[] {
  const list = (
    Array.isArray(workspaces) ? workspaces : ((workspaces as { packages?: readonly string[] }).packages ?? [])
  ) as readonly string[];
  const pnpm = tree.read(pnpmWorkspaceFile);
  const patterns = (pnpm === undefined ? undefined : pnpmPatterns(pnpm, pnpmWorkspaceFile)) ?? list;
  return patterns.map((pattern) => pattern.replace(/^(!?)\.\//, '$1').replace(/\/$/, ''));
}

/** The directories that a pattern names: `apps/orders`, `apps/*`, `packages/**`. */
function matching(tree: FileTree, pattern: string): string[] {
  let found = [''];
  for (const part of pattern.split('/')) {
    found = found.flatMap((directory) => {
      if (part === '**') return [directory, ...deep(tree, directory)];
      const form = new RegExp(`^${part.split('*').map(escaped).join('[^/]*')}$`);
      return directories(tree, directory)
        .filter((name) => form.test(name))
        .map((name) => below(directory, name));
    });
  }
  return [...new Set(found)];
}

function deep(tree: FileTree, directory: string): string[] {
  return directories(tree, directory).flatMap((name) => {
    const path = below(directory, name);
    return [path, ...deep(tree, path)];
  });
}

function directories(tree: FileTree, directory: string): string[] {
  return tree
    .list(directory)
    .filter((name) => name.endsWith('/') && !ignored.has(name) && !name.startsWith('.'))
    .map((name) => name.slice(0, -1));
}

function serviceApp(tree: FileTree, each: Package): ServiceApp | undefined {
  const { directory, manifest } = each;
  const [file = '', moduleName] = (manifest.skerry?.module ?? '').split('#');
  const source = file
    .replace(/^\.\//, '')
    .replace(/^dist\/(src\/)?/, 'src/')
    .replace(/\.([cm]?)js$/, '.$1ts');
  const moduleFile = [source, 'src/app.module.ts']
    .filter((path) => path !== '')
    .map((path) => below(directory, path))
    .find((path) => tree.read(path) !== undefined);
  if (moduleFile === undefined) return undefined;
  const name = directory.split('/').at(-1) || (manifest.name ?? 'app').replace(/^@[^/]*\//, '');
  return { directory, manifest, name, moduleFile, ...(moduleName ? { moduleName } : {}) };
}

function escaped(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}
