import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { PackageRegistry } from './package-registry.js';

const root = resolve(import.meta.dirname, '../../..');

export interface PackageRegistryOptions {
  /** Paths of what `npm pack` wrote. Default: what this repository publishes, packed now, as it was last built. */
  readonly tarballs?: readonly string[];
  /** The registry that has all other packages. Default: npm's own. */
  readonly behind?: string;
}

/** Gives a registry that answers. */
export type StartPackageRegistry = (options?: PackageRegistryOptions) => Promise<PackageRegistry>;

/**
 * Gives a function that starts registries of packages, and has the runner's hook close them.
 *
 *     const startRegistry = packageRegistryStarter(afterAll);
 *     const startProcess = processStarter(afterAll);
 *
 *     test('installs', async () => {
 *       const registry = await startRegistry();
 *       const npm = await startProcess('npm', ['install', '@skerry/core'], { cwd: emptyFolder, env: registry.env });
 *
 * @param hook `afterAll` of the test runner, or `afterEach` where a test has a registry of its own.
 */
export function packageRegistryStarter(hook: (end: () => Promise<void>) => void): StartPackageRegistry {
  const running: PackageRegistry[] = [];
  const folders: string[] = [];
  hook(async () => {
    await Promise.all(running.splice(0).map((each) => each.close()));
    await Promise.all(folders.splice(0).map((each) => rm(each, { recursive: true, force: true })));
  });
  const packed = async (): Promise<readonly string[]> => {
    const folder = await mkdtemp(join(tmpdir(), 'skerry-packed-'));
    folders.push(folder);
    return packPackages(folder);
  };
  return async (options = {}) => {
    const [tarballs, behind] = await Promise.all([options.tarballs ?? packed(), options.behind ?? npmRegistry()]);
    const registry = await PackageRegistry.start(tarballs, behind);
    running.push(registry);
    return registry;
  };
}

/** Packs what this repository publishes, as it was last built, into a folder, and gives the paths of the tarballs. */
export async function packPackages(folder: string): Promise<readonly string[]> {
  const tool = new URL('../../../tools/run/pack.mjs', import.meta.url);
  const { pack } = (await import(tool.href)) as {
    pack: (root: string, folder: string) => Promise<readonly { tarball: string }[]>;
  };
  return (await pack(root, folder)).map(({ tarball }) => tarball);
}

/** The one that npm is configured with here, without a slash at the end. */
export async function npmRegistry(): Promise<string> {
  const { stdout } = await promisify(execFile)('npm', ['config', 'get', 'registry'], { cwd: root });
  return stdout.trim().replace(/\/$/, '');
}
