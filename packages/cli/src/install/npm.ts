import { basename, dirname, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** How npm is started: the one that runs this command (`npm create`, `npx`), else the one of the PATH. */
export function npmCommand(env: Environment): readonly string[] {
  const path = env['npm_execpath'] ?? '';
  // npx is a file beside npm.
  if (/^np[mx]-cli\.js$/.test(basename(path))) return [process.execPath, join(dirname(path), 'npm-cli.js')];
  return ['npm'];
}
