import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const installTimeoutMs = 400_000;

export interface SystemProgram {
  /** What is run to see whether it works: it exits with 0. */
  readonly probe: readonly [command: string, ...args: string[]];
  /** The Debian packages that bring it. */
  readonly packages: readonly string[];
}

/**
 * Whether a program of the machine's works; where it does not, and this process is root on a machine with apt, it is installed
 * first, by the first test run that needs it. When it cannot be had it is `false`, having said why, so that tests can be left
 * out; with `CI=true` it is an error.
 */
export async function systemProgram(
  { probe, packages }: SystemProgram,
  {
    all = process.env['CI'] === 'true',
    install = process.getuid?.() === 0 ? byApt : undefined,
    say = console.warn,
  } = {},
): Promise<boolean> {
  if (await works(probe)) return true;
  const how = `apt-get install --no-install-recommends ${packages.join(' ')}`;
  let cause: unknown;
  if (install) {
    cause = await install(packages).catch((error: unknown) => error);
    if (await works(probe)) return true;
  }
  const why = `tests of ${probe[0]} are left out, since it does not work here: ${how}`;
  if (all) throw new Error(why, { cause });
  say(why);
  return false;
}

/** One at a time: several test files may find the same thing missing. */
async function byApt(packages: readonly string[]): Promise<void> {
  const script = 'apt-get update -q && apt-get install -q -y --no-install-recommends "$@"';
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const lock = join(tmpdir(), 'skerry-tests-apt.lock');
  await run('flock', [lock, 'sh', '-c', script, 'sh', ...packages], { env, timeout: installTimeoutMs });
}

async function works([command, ...args]: SystemProgram['probe']): Promise<boolean> {
  return run(command, args, { timeout: 30_000 }).then(
    () => true,
    () => false,
  );
}
