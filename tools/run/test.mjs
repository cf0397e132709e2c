import { runNode } from './program.mjs';

// A run that has its results and does not end would hang for ever; Jest only warns after a second.
const leftOpenMs = 20_000;

/**
 * @typedef {object} Tally As tools/jest/tally-reporter.mjs sends it.
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 */

/**
 * Runs Jest and prints, last, `N passed, N failed`.
 *
 * @param {string[]} args Passed on to Jest.
 * @returns {Promise<number>} The exit code: 0 only when something was tested and nothing failed.
 */
export async function test(args) {
  /** @type {Tally | undefined} */
  let tally;
  const watching = args.some((arg) => arg.startsWith('--watch'));
  // As flags, not in NODE_OPTIONS: Jest hands them to its workers, and the processes that tests start stay without.
  const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/.bin/jest'];
  const code = await runNode([...jest, ...args], {
    message(message, end) {
      tally = /** @type {Tally} */ (message);
      if (watching) return;
      setTimeout(() => {
        console.error(`The tests are done, but ${leftOpenMs / 1000} s later Jest still runs: one left something open.`);
        end();
      }, leftOpenMs).unref();
    },
  });
  const { line, ok, complaint } = verdict(code, tally);
  if (complaint) console.error(complaint);
  console.log(line);
  return ok ? 0 : 1;
}

/**
 * @param {number} code Jest's exit code.
 * @param {Tally} [tally] Absent when it ended without one.
 */
function verdict(code, tally) {
  const { passed, failed, skipped } = tally ?? { passed: 0, failed: 0, skipped: 0 };
  const complaint = failed === 0 ? complaintOf(code, passed, tally !== undefined) : undefined;
  // Whoever reads only this line must see that something is wrong.
  const shown = complaint ? 1 : failed;
  const line = `${passed} passed, ${shown} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  return { line, complaint, ok: shown === 0 };
}

/**
 * What is wrong though no test failed.
 *
 * @param {number} code
 * @param {number} passed
 * @param {boolean} complete
 * @returns {string | undefined}
 */
function complaintOf(code, passed, complete) {
  if (!complete) return `Jest ended without results (exit code ${code}).`;
  if (code !== 0) return `Jest failed (exit code ${code}), though no test did.`;
  if (passed === 0) return 'No test was executed.';
  return undefined;
}
