import { runNode } from '../run/program.mjs';

/**
 * Files, exports and dependencies that nothing uses, and those that are used and not declared, as Knip finds them.
 *
 * @returns {Promise<string[]>} Complaints.
 */
export async function knip() {
  let printed = '';
  const args = ['node_modules/.bin/knip', '--no-progress', '--no-config-hints'];
  const code = await runNode(args, { output: (text) => (printed += text) });
  return code === 0 ? [] : [printed.trim()];
}
