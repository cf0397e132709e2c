import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check } from './check.mjs';
import { create } from './create.mjs';
import { install } from './install.mjs';
import { pack, sizes } from './pack.mjs';
import { Interrupted, runNode } from './program.mjs';
import { step, StepFailed } from './step.mjs';
import { test } from './test.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Each takes the arguments after the script's name and gives the exit code.
 *
 * @type {Record<string, (args: string[]) => Promise<number>>}
 */
const commands = {
  async start(args) {
    await build();
    return runNode(['apps/hello/dist/start.js', ...args]);
  },
  async test(args) {
    // Some tests start real processes from dist/.
    await build();
    return test(args);
  },
  build,
  async lint(args) {
    const eslint = await runNode(['node_modules/.bin/eslint', '.', '--max-warnings=0', ...args]);
    const prettier = await runNode(['node_modules/.bin/prettier', '.', '--check', '--log-level=warn']);
    return eslint || prettier;
  },
  typecheck: (args) => runNode(['node_modules/.bin/tsc', '--noEmit', '-p', 'tsconfig.json', ...args]),
  async check(names) {
    await build();
    return check(root, names);
  },
  async pack([folder = 'dist/packages']) {
    await build();
    console.log(sizes(await pack(root, resolve(folder))));
    return 0;
  },
  async create(args) {
    await build();
    return create(root, process.env['INIT_CWD'] ?? root, args);
  },
  async shop(args) {
    await build();
    return runNode(['apps/shop/dist/start/start.js', ...args]);
  },
  async bench(args) {
    await build();
    return runNode(['apps/bench/dist/main.js', ...args]);
  },
  async soak(args) {
    await build();
    return runNode(['apps/soak/dist/soak.js', ...args]);
  },
  async chaos(args) {
    await build();
    return runNode(['apps/chaos/dist/chaos.js', ...args]);
  },
};

/** @param {string[]} args */
async function build(args = []) {
  await step('Building', 'Built', (io) => runNode(['node_modules/.bin/nx', 'run-many', '-t', 'build', ...args], io));
  return 0;
}

/**
 * Installs what is missing, runs the command, and sets the exit code of this process.
 *
 * @param {string} name
 * @param {string[]} args
 */
export async function runCommand(name, args) {
  process.chdir(root);
  // Said in both ways: not every tool knows NO_COLOR, and some take CI for a terminal.
  const { FORCE_COLOR, NO_COLOR } = process.env;
  if (NO_COLOR || (!process.stdout.isTTY && !FORCE_COLOR))
    Object.assign(process.env, { NO_COLOR: '1', FORCE_COLOR: '0' });
  try {
    const command = Object.hasOwn(commands, name) && commands[name];
    if (!command) throw new StepFailed(`No command "${name}"; there are ${Object.keys(commands).join(', ')}.`);
    await install(root);
    process.exitCode = await command(args);
  } catch (error) {
    if (error instanceof StepFailed) console.error(error.message);
    else if (!(error instanceof Interrupted)) console.error(error);
    if (name === 'test') console.log('0 passed, 1 failed');
    process.exitCode = 1;
    // Ends the way it was asked to, so that the shell or npm above sees the signal and not a failure.
    if (error instanceof Interrupted) process.kill(process.pid, error.signal);
  }
}
