import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { npm } from './npm.mjs';

/**
 * @typedef {object} Packed A tarball, as npm would publish it.
 * @property {string} name
 * @property {string} version
 * @property {string} home Its folder, relative to the root: `packages/core`.
 * @property {string} tarball Its path.
 * @property {number} size In bytes.
 * @property {number} unpackedSize In bytes.
 * @property {{ path: string, size: number }[]} files
 */

/**
 * Packs what is published, as it was last built, by npm itself. Several may pack at once, each into a folder of its own.
 *
 * A package is packed from a copy that has what only its users need: the licence, and a package.json without scripts, without
 * development dependencies, and without the condition for sources, which are not packed.
 *
 * @param {string} root Of the workspace.
 * @param {string} folder Made when it is missing.
 * @returns {Promise<Packed[]>} Sorted by name.
 */
export async function pack(root, folder) {
  await mkdir(folder, { recursive: true });
  const stage = await mkdtemp(join(tmpdir(), 'skerry-stage-'));
  try {
    const folders = await publicPackages(root);
    await Promise.all(folders.map((each) => copyForUsers(root, each, join(stage, each))));
    const { command, first } = npm();
    const options = ['--json', '--loglevel=error', '--ignore-scripts', '--pack-destination', resolve(folder)];
    const args = [...first, 'pack', ...options, ...folders.map((each) => `./${each}`)];
    const { stdout } = await promisify(execFile)(command, args, { cwd: stage, maxBuffer: 64 * 1024 * 1024 });
    return packedIn(stdout, folders, folder);
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/** @param {string} stdout Of `npm pack --json`. @param {string[]} homes As npm got them. @param {string} folder */
function packedIn(stdout, homes, folder) {
  // An array, or an object by name, as npm goes on.
  /** @type {Record<string, Omit<Packed, 'home' | 'tarball'> & { filename: string }>} */
  const packed = JSON.parse(stdout);
  return Object.values(packed)
    .map(({ name, version, filename, size, unpackedSize, files }, index) => {
      const home = homes[index] ?? '';
      return { name, version, home, tarball: join(folder, filename), size, unpackedSize, files };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @param {string} root @param {string} from @param {string} to */
async function copyForUsers(root, from, to) {
  const notCopied = ['src', 'node_modules'].map((each) => join(root, from, each));
  await cp(join(root, from), to, { recursive: true, filter: (each) => !notCopied.includes(each) });
  await copyFile(join(root, 'LICENSE'), join(to, 'LICENSE'));
  /** @type {Record<string, unknown>} */
  const manifest = JSON.parse(await readFile(join(root, from, 'package.json'), 'utf8'));
  delete manifest['scripts'];
  delete manifest['devDependencies'];
  const { exports, imports } = manifest;
  const forUsers = {
    ...manifest,
    // What is bundled is named in no declaration, and its own types are not there.
    imports: without(['@skerry/source', 'types'], imports),
    exports: without(['@skerry/source'], exports),
  };
  await writeFile(join(to, 'package.json'), JSON.stringify(forUsers, undefined, 2) + '\n');
}

/** @param {string[]} conditions @param {unknown} paths Of `exports` or `imports`. @returns {unknown} */
function without(conditions, paths) {
  if (typeof paths !== 'object' || paths === null) return paths;
  const kept = Object.entries(paths).filter(([condition]) => !conditions.includes(condition));
  return Object.fromEntries(kept.map(([key, value]) => [key, without(conditions, value)]));
}

/**
 * The folders of what is published, sorted, relative to the root: `packages/core`.
 *
 * @param {string} root
 */
export async function publicPackages(root) {
  const folders = (await readdir(join(root, 'packages'))).sort();
  const isPublic = await Promise.all(folders.map((each) => isPublished(join(root, 'packages', each, 'package.json'))));
  return folders.filter((_, index) => isPublic[index]).map((each) => `packages/${each}`);
}

/** @param {string} file */
async function isPublished(file) {
  // A folder that an old branch left behind has none.
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return false;
  /** @type {{ private?: boolean }} */
  const manifest = JSON.parse(text);
  return manifest.private !== true;
}

/**
 * What the tarballs weigh, as a table of text.
 *
 * @param {Packed[]} packed
 */
export function sizes(packed) {
  const kilobytes = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(0)} kB`;
  const rows = packed.map((each) => [
    each.name,
    kilobytes(each.size),
    kilobytes(each.unpackedSize),
    `${each.files.length}`,
  ]);
  const table = [['package', 'packed', 'unpacked', 'files'], ...rows];
  const width = (/** @type {number} */ column) => Math.max(...table.map((row) => (row[column] ?? '').length));
  return table
    .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(width(i)) : cell.padStart(width(i)))).join('  '))
    .join('\n');
}
