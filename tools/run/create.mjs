import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npm } from './npm.mjs';
import { runProgram } from './program.mjs';

/**
 * `npm create skerry@latest` before anything is published: packs the packages as they were built, and has npm take them from a
 * registry on this machine, for as long as that runs.
 *
 * @param {string} root Of this repository.
 * @param {string} folder The one that the user stands in.
 * @param {string[]} args For `create-skerry`.
 */
export async function create(root, folder, args) {
  /** @type {typeof import('../../libs/test-kit/src/index.js')} */
  const { npmRegistry, PackageRegistry, packPackages } = await import(join(root, 'libs/test-kit/dist/index.js'));
  const packed = await mkdtemp(join(tmpdir(), 'skerry-packed-'));
  const [tarballs, behind] = await Promise.all([packPackages(packed), npmRegistry()]);
  const registry = await PackageRegistry.start(tarballs, behind);
  try {
    const { command, first } = npm();
    // The lock file of the new workspace shall not name a registry that is gone in a moment.
    const env = { ...registry.env, npm_config_omit_lockfile_registry_resolved: 'true' };
    return await runProgram(command, [...first, 'create', '--yes', 'skerry@latest', '--', ...args], {
      cwd: folder,
      env,
    });
  } finally {
    await registry.close();
    await rm(packed, { recursive: true, force: true });
  }
}
