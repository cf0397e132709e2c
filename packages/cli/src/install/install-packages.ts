import { SkerryError } from '@skerry/core';
import { withProgress } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';
import { runChild, type ChildOptions } from './child.js';
import { installCommand, type Installer } from './installer.js';

export interface Installation {
  readonly manager: Installer;
  /** How it is started, and with what. Default: so that it may write its lock file anew. */
  readonly command?: readonly string[];
  /** Whose packages, for messages: `shop`. */
  readonly what: string;
  /** What there is although it fails: `The workspace itself is complete`. */
  readonly remains: string;
  /** What to write to try again: `cd shop && npm install`. */
  readonly again: string;
  /** Says nothing meanwhile. */
  readonly json: boolean;
}

/**
 * Installs what a workspace needs, in the directory that `child` names; what the package manager prints is shown where it fails. Rejects
 * with `SKERRY_CLI_INSTALL_FAILED`; resolves, with nothing done, when the signal is aborted meanwhile.
 */
export async function installPackages(
  { manager, command: given, what, remains, again, json }: Installation,
  terminal: Pick<Terminal, 'stderr' | 'env'>,
  child: ChildOptions,
): Promise<void> {
  const { command, env } = given ? { command: given, env: child.env } : installCommand(manager, child.env);
  const work = () => runChild(command, { ...child, env });
  const { code, output } = json
    ? await work()
    : await withProgress(`Installing ${what} with ${manager}`, terminal, child.clock, work);
  if (code === 0 || child.signal.aborted) return;
  if (!json) await terminal.stderr.write(`${output}\n\n`);
  throw new SkerryError(
    'SKERRY_CLI_INSTALL_FAILED',
    `Cannot install what ${what} needs: ${manager} install ${code === undefined ? 'did not run to its end' : `ended with exit code ${code}`}. ` +
      `${remains}; to try again: ${again}`,
    { details: { folder: child.cwd, output } },
  );
}
