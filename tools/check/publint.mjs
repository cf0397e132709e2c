import { readFile } from 'node:fs/promises';
import { publint as lint } from 'publint';
import { formatMessage } from 'publint/utils';

/**
 * What tools and runtimes would stumble over, as publint knows them.
 *
 * @param {string} _root
 * @param {import('../run/pack.mjs').Packed[]} packed
 * @returns {Promise<string[]>} Complaints.
 */
export async function publint(_root, packed) {
  const complaints = packed.map(async ({ name, tarball }) => {
    const { messages, pkg } = await lint({ pack: { tarball: bytesOf(await readFile(tarball)) }, strict: true });
    // The package.json files of a template become the root of a package only where it is copied to.
    const ours = messages.filter(({ code }) => code !== 'NESTED_PACKAGE_JSON_FIELD_IGNORED');
    return ours.map((each) => `${name}: ${formatMessage(each, pkg, { color: false }) ?? each.code}`);
  });
  return (await Promise.all(complaints)).flat();
}

/** @param {Buffer} buffer */
function bytesOf(buffer) {
  return new Uint8Array(buffer).buffer;
}
