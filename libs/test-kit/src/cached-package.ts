import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cache = resolve(import.meta.dirname, '../../../node_modules/.cache/skerry-packages');

/**
 * The folder of a package of npm in the version that a test wants, which need not be the repository's: installed once, without
 * running any script of it, and kept in node_modules/.cache. Rejects with what npm says when it cannot be had.
 *
 * @param range As npm takes it: `22`, `~5.9.0`.
 */
export async function cachedPackage(name: string, range: string): Promise<string> {
  const folder = join(cache, `${name.replace('/', '-')}@${range.replace(/[^\w.]/g, '')}`);
  const found = join(folder, 'node_modules', name);
  if (await exists(found)) return found;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, '.install-'));
  try {
    const options = ['--prefix', work, '--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'];
    await run('npm', ['install', ...options, '--loglevel=error', `${name}@${range}`], { cwd: work });
    await rename(work, folder);
  } catch (error) {
    // Another test may have been quicker; its copy is as good.
    if (!(await exists(found))) throw error;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return found;
}

/** The program of another Node than this one, as npm has it for this machine. */
export async function nodeProgram(range: string): Promise<string> {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const folder = await cachedPackage(`node-${platform}-${process.arch}`, range);
  return join(folder, process.platform === 'win32' ? 'bin/node.exe' : 'bin/node');
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
