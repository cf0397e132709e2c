import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { mirrorsIn, type Mirror } from './debian-mirror.js';

const run = promisify(execFile);
const cache = resolve(import.meta.dirname, '../../../node_modules/.cache/skerry-servers');
const timeoutMs = 120_000;

/**
 * The folder of a package of another Debian release than the machine's, unpacked and not installed: downloaded once, by the
 * machine's own apt, from the mirror that it uses anyway. Rejects where there is no apt, or no such package.
 */
export async function debianPackage(name: string, suite: string): Promise<string> {
  const folder = join(cache, `${name}-${suite}`);
  if (await exists(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, `.${name}-`));
  try {
    await download(work, name, suite);
    const file = (await readdir(work)).find((each) => each.endsWith('.deb'));
    await run('dpkg', ['-x', join(work, file!), join(work, 'files')], { timeout: timeoutMs });
    await rename(join(work, 'files'), folder);
  } catch (error) {
    // Another test run may have been quicker; its copy is as good.
    if (!(await exists(folder))) throw error;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return folder;
}

/** With lists and caches of its own: the machine's are neither used nor changed, and no rights are needed. */
async function download(work: string, name: string, suite: string): Promise<void> {
  const { uri, signedBy } = await ownMirror();
  const source = join(work, 'sources.list');
  await writeFile(source, `deb ${signedBy ? `[signed-by=${signedBy}] ` : ''}${uri} ${suite} main\n`);
  await mkdir(join(work, 'lists/partial'), { recursive: true });
  const settings = {
    'Dir::Etc::sourcelist': source,
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State::lists': join(work, 'lists'),
    'Dir::Cache': join(work, 'cache'),
    // An archived release is not signed anew.
    'Acquire::Check-Valid-Until': 'false',
    'Acquire::Languages': 'none',
  };
  const options = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  await run('apt-get', [...options, 'update'], { cwd: work, timeout: timeoutMs });
  await run('apt-get', [...options, 'download', name], { cwd: work, timeout: timeoutMs });
}

/** The mirror of the release that the machine runs. */
async function ownMirror(): Promise<Mirror> {
  const release = /^VERSION_CODENAME=(\w+)/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1] ?? 'stable';
  const parts = await readdir('/etc/apt/sources.list.d').catch(() => []);
  const files = ['sources.list', ...parts.map((part) => join('sources.list.d', part))];
  const texts = await Promise.all(files.map((file) => readFile(join('/etc/apt', file), 'utf8').catch(() => '')));
  const mirror = texts
    .flatMap(mirrorsIn)
    .find(({ suites, components }) => suites.includes(release) && components.includes('main'));
  if (!mirror) throw new Error(`/etc/apt names no mirror of ${release}`);
  return mirror;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
