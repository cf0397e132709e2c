import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** The user, or who started us, asked to stop. */
export class Interrupted extends Error {
  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(`interrupted by ${signal}`);
    this.signal = signal;
  }
}

/**
 * @typedef {object} Options
 * @property {string} [cwd] Where it runs. Default: where we do.
 * @property {Record<string, string | undefined>} [env] Added to the environment; `undefined` takes a variable away.
 * @property {(text: string) => void} [output] Takes what is printed; otherwise the program has our terminal.
 * @property {(message: unknown, end: () => void) => void} [message] Takes what the program sends by `process.send`; `end`
 *   kills it.
 */

/** @type {NodeJS.Signals[]} */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
// Ctrl-C reaches us from the terminal and once more from npm. Passed on twice, it would be "stop at once" to a program that
// shuts down gracefully on the first.
const sameSignalMs = 300;
// What a program has for its last words after a second signal.
const lastChanceMs = 3_000;

/**
 * Runs a program and gives its exit code. It leads a process group of its own: a signal to us goes to it alone, as often as
 * the user meant it, and when it has ended, whatever it left running is killed.
 *
 * Throws {@link Interrupted} when a signal came and the program did not end in order (exit code 0) on it.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {Options} [options]
 * @returns {Promise<number>}
 */
export async function runProgram(command, args, { cwd, env, output, message } = {}) {
  const io = output ? 'pipe' : 'inherit';
  const child = spawn(command, args, {
    detached: true,
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
    stdio: message ? ['inherit', io, io, 'ipc'] : [output ? 'ignore' : 'inherit', io, io],
  });
  if (output) {
    child.stdout?.setEncoding('utf8').on('data', output);
    child.stderr?.setEncoding('utf8').on('data', output);
  }
  if (message) child.on('message', (value) => message(value, () => killGroup(child.pid)));

  /** @type {NodeJS.Signals | undefined} */
  let interrupted;
  let lastAt = -Infinity;
  /** @param {NodeJS.Signals} signal */
  const passOn = (signal) => {
    if (performance.now() - lastAt < sameSignalMs) return;
    lastAt = performance.now();
    if (interrupted) setTimeout(() => killGroup(child.pid), lastChanceMs).unref();
    interrupted = signal;
    child.kill(signal);
  };
  for (const signal of signals) process.on(signal, passOn);
  try {
    const code = await ended(child);
    if (interrupted && code !== 0) throw new Interrupted(interrupted);
    return code;
  } finally {
    for (const signal of signals) process.off(signal, passOn);
  }
}

/**
 * {@link runProgram} with a script for this Node.
 *
 * @param {string[]} args
 * @param {Options} [options]
 */
export function runNode(args, options) {
  return runProgram(process.execPath, args, options);
}

/** @param {import('node:child_process').ChildProcess} child @returns {Promise<number>} */
function ended(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => killGroup(child.pid));
    // After `exit`, once all that was printed has been read.
    child.once('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
  });
}

/** @param {number | undefined} pid Of the group's leader. */
function killGroup(pid) {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}
