import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../usage-error.js';
import type { Terminal } from './terminal.js';

/**
 * Shows a file in the user's browser: `BROWSER`, else what the system has for it. Does not wait for the browser. Throws a
 * `UsageError` where there is nothing to show it with.
 */
export async function openFile(file: string, { cwd, env }: Terminal): Promise<void> {
  const url = pathToFileURL(resolve(cwd, file)).href;
  const [program, ...args] = openers(env);
  const child = spawn(program!, [...args, url], { stdio: 'ignore', detached: true });
  await new Promise<void>((started, failed) => {
    child.once('spawn', started);
    child.once('error', () =>
      failed(new UsageError(`Cannot open a browser: ${program} cannot be run.`, `open it yourself: ${url}`)),
    );
  });
  child.unref();
}

function openers(env: Terminal['env']): string[] {
  if (env['BROWSER']) return [env['BROWSER']];
  if (process.platform === 'darwin') return ['open'];
  return process.platform === 'win32' ? ['explorer.exe'] : ['xdg-open'];
}
