import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './npm.mjs';
import { runProgram } from './program.mjs';
import { step } from './step.mjs';

/**
 * Installs the dependencies unless what the lock file asks for is already there.
 *
 * @param {string} root
 */
export async function install(root) {
  const reason = outdated(root);
  if (!reason) return;
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const { command, first } = npm();
  await step(`Installing dependencies (${reason})`, 'Installed dependencies', (io) =>
    runProgram(command, [...first, ...args], io),
  );
}

/**
 * Why node_modules is not what package-lock.json says; `undefined` when it is. Judged by npm's own record of what it
 * installed, which it writes last: an interrupted install has none, a changed branch has another, and one done by hand
 * counts as well. Packages for other platforms are rightly absent.
 *
 * @param {string} root
 * @returns {string | undefined}
 */
export function outdated(root) {
  const record = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return 'node_modules is missing or incomplete';
  const wanted = packages(join(root, 'package-lock.json'));
  const installed = packages(record);
  for (const [path, { version, link, optional }] of Object.entries(wanted)) {
    if (!path.includes('node_modules/')) continue;
    const there = installed[path];
    if (!there && optional) continue;
    if (!there || !existsSync(join(root, path))) return `${path} is missing`;
    if (there.version !== version || there.link !== link) return `${path} is of another version`;
  }
  return undefined;
}

/** @typedef {{ version?: string, link?: boolean, optional?: boolean }} Package */

/** @param {string} file @returns {Record<string, Package>} */
function packages(file) {
  try {
    /** @type {{ packages?: Record<string, Package> }} */
    const lock = JSON.parse(readFileSync(file, 'utf8'));
    return lock.packages ?? {};
  } catch {
    // Cut off by a full disk, or with the marks of a merge; npm says it better.
    return {};
  }
}
