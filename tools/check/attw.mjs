import { readFile } from 'node:fs/promises';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';

/**
 * Where TypeScript would find other types than what Node runs, as "Are the types wrong?" knows it.
 *
 * Left out is what we do not support: `moduleResolution: node10`, which knows no `exports`. And `require` of an ES module is
 * what every Node that we support can do.
 *
 * @param {string} _root
 * @param {import('../run/pack.mjs').Packed[]} packed
 * @returns {Promise<string[]>} Complaints.
 */
export async function attw(_root, packed) {
  /** @type {string[]} */
  const complaints = [];
  for (const { name, tarball } of packed) {
    const files = createPackageFromTarballData(new Uint8Array(await readFile(tarball)));
    /** @type {{ exports?: Record<string, unknown> }} */
    const { exports = {} } = JSON.parse(files.readFile(`/node_modules/${name}/package.json`));
    // What has no conditions is a file to be served or read, and not imported by TypeScript.
    const entrypoints = Object.keys(exports).filter((each) => typeof exports[each] === 'object');
    if (entrypoints.length === 0) continue;
    const result = await checkPackage(files, { entrypoints });
    if (!result.types) complaints.push(`${name}: no types are found`);
    else complaints.push(...result.problems.filter(isOurs).map((each) => `${name}: ${JSON.stringify(each)}`));
  }
  return complaints;
}

/** @param {import('@arethetypeswrong/core').Problem} problem */
function isOurs(problem) {
  if (problem.kind === 'CJSResolvesToESM') return false;
  return !('resolutionKind' in problem && problem.resolutionKind === 'node10');
}
