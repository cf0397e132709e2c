import { runChild, type ChildOptions } from '../install/child.js';
import { npmCommand } from '../install/npm.js';
import { UsageError } from '../usage-error.js';

export const packageManagers = ['npm', 'pnpm', 'yarn'] as const;
export type PackageManagerName = (typeof packageManagers)[number];

/** What installs a workspace and runs its scripts. */
export interface PackageManager {
  readonly name: PackageManagerName;
  /** That of this machine; `undefined` for npm, which comes with Node. */
  readonly version?: string;
  /** How it is started: the program, and what goes before its arguments. */
  readonly command: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Where there is none on this machine: those that the workspace is tested with. */
const testedVersions = { pnpm: '12.21.0', yarn: '4.18.1' };

/**
 * The package manager that runs this command (`pnpm create`, `yarn create`), or that which is wished for. npm where it is another one,
 * which {@link leftOut} tells. Rejects with a `UsageError` for a yarn that is too old, where that is the wish.
 */
export async function packageManagerOf(
  wish: PackageManagerName | undefined,
  child: ChildOptions,
): Promise<PackageManager> {
  const { env } = child;
  const running = runningManager(env);
  const name = wish ?? (leftOut(env) === undefined ? (running.name as PackageManagerName) : 'npm');
  if (name === 'npm') return { name, command: npmCommand(env) };
  const own = running.name === name;
  const command = own ? [...programOf(env['npm_execpath'] ?? name)] : [name];
  const version = (own ? running.version : await versionOf(command, child)) ?? testedVersions[name];
  if (!isOldYarn(name, version)) return { name, version, command };
  throw new UsageError(
    `Cannot make a workspace for yarn ${version}: it needs yarn 4.`,
    'npm install --global --force @yarnpkg/cli-dist, or leave --package-manager out for npm',
  );
}

/** The package manager that runs this command, where it is one that a workspace cannot be installed with. */
export function leftOut(env: Environment): string | undefined {
  const { name, version } = runningManager(env);
  if (!packageManagers.some((each) => each === name)) return name;
  return isOldYarn(name, version) ? `${name} ${version}` : undefined;
}

/** As all of them say it: `pnpm/12.21.0 npm/? node/v24.1.0 linux x64`. */
function runningManager(env: Environment): { readonly name: string; readonly version: string | undefined } {
  const [name, version] = (env['npm_config_user_agent'] ?? '').split(' ', 1)[0]!.split('/');
  return { name: name || 'npm', version };
}

/** Yarn 1, which knows neither `workspace:` nor how to leave out what is only developed with. */
function isOldYarn(name: string, version = ''): boolean {
  return name === 'yarn' && /^[01]\./.test(version);
}

async function versionOf(command: readonly string[], child: ChildOptions): Promise<string | undefined> {
  const { code, output } = await runChild([...command, '--version'], child);
  return code === 0 ? /\d+\.\d+\.\d+\S*/.exec(output)?.[0] : undefined;
}

/** A script of JavaScript is run by the Node of this command; pnpm may as well be a binary, and yarn a script of the shell. */
function programOf(path: string): readonly string[] {
  return /\.[cm]?js$/.test(path) ? [process.execPath, path] : [path];
}

const installArguments: Readonly<Record<PackageManagerName, readonly string[]>> = {
  // One version of a package where one is enough for all that ask for it: that makes 3 MB of 240.
  npm: ['install', '--no-audit', '--no-fund', '--prefer-dedupe'],
  // There is no lock file yet, which both insist on where CI is set.
  pnpm: ['install', '--no-frozen-lockfile'],
  yarn: ['install', '--no-immutable'],
};

/** The command that installs a workspace for the first time. */
export function firstInstall({ name, command }: PackageManager): readonly string[] {
  return [...command, ...installArguments[name]];
}

/** What a person writes to have it run a script of the workspace: `npm run dev`, `pnpm dev`. */
export function scriptLine({ name }: Pick<PackageManager, 'name'>, script: string): string {
  return name === 'npm' && !['test', 'start'].includes(script) ? `npm run ${script}` : `${name} ${script}`;
}
