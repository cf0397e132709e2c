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
    return messages.map((each) => `${name}: ${formatMessage(each, pkg, { color: false }) ?? each.code}`);
  });
  return (await Promise.all(complaints)).flat();
}

/** @param {Buffer} buffer */
function bytesOf(buffer) {
  return new Uint8Array(buffer).buffer;
}
