import { basename, dirname, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** How npm is started: the one that runs this command (`npm create`, `npx`), else the one of the PATH. */
export function npmCommand(env: Environment): readonly string[] {
  const path = env['npm_execpath'] ?? '';
  // npx is a file beside npm.
  if (/^np[mx]-cli\.js$/.test(basename(path))) return [process.execPath, join(dirname(path), 'npm-cli.js')];
  return ['npm'];
}

/** The package manager that runs this command, where it is another: `pnpm create`, `yarn create`. */
export function otherPackageManager(env: Environment): string | undefined {
  const [name] = (env['npm_config_user_agent'] ?? '').split('/');
  return name === '' || name === 'npm' ? undefined : name;
}
