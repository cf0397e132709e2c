import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { npm } from './npm.mjs';

/**
 * @typedef {object} Packed A tarball, as npm would publish it.
 * @property {string} name
 * @property {string} version
 * @property {string} tarball Its path.
 * @property {number} size In bytes.
 * @property {number} unpackedSize In bytes.
 * @property {{ path: string, size: number }[]} files
 */

/**
 * Packs what is published, as it was last built, by npm itself. Several may pack at once, each into a folder of its own.
 *
 * @param {string} root Of the workspace.
 * @param {string} folder Made when it is missing.
 * @returns {Promise<Packed[]>} Sorted by name.
 */
export async function pack(root, folder) {
  await mkdir(folder, { recursive: true });
  const { command, first } = npm();
  const workspaces = (await publicPackages(root)).flatMap((each) => ['--workspace', each]);
  const args = [...first, 'pack', '--json', '--loglevel=error', '--pack-destination', folder, ...workspaces];
  const { stdout } = await promisify(execFile)(command, args, { cwd: root, maxBuffer: 64 * 1024 * 1024 });
  // An array, or an object by name, as npm goes on.
  /** @type {Record<string, Omit<Packed, 'tarball'> & { filename: string }>} */
  const packed = JSON.parse(stdout);
  return Object.values(packed)
    .map(({ name, version, filename, size, unpackedSize, files }) => {
      return { name, version, tarball: join(folder, filename), size, unpackedSize, files };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
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
