import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment of a service: what this process has goes before the `.env` of the application, and that before the `.env` of the
 * workspace. `NODE_ENV` is `development` where nobody says otherwise.
 */
export function childEnvironment(env: Environment, root: string, directory: string, colours: boolean): Environment {
  const files = directory === root ? [root] : [root, directory];
  const coloured = colours && env['NO_COLOR'] === undefined ? { FORCE_COLOR: '1' } : {};
  return { NODE_ENV: 'development', ...coloured, ...Object.assign({}, ...files.map(dotEnv)), ...env } as Environment;
}

function dotEnv(directory: string): Environment {
  try {
    return parseEnv(readFileSync(join(directory, '.env'), 'utf8')) as Environment;
  } catch {
    return {};
  }
}
