import { SystemClock } from '@skerry/core';
import { exitCodes } from '../exit-codes.js';
import { coloursFor } from '../terminal/colours.js';
import { interruptedBy, type Terminal } from '../terminal/terminal.js';
import { loadSwc } from '../typescript/swc.js';
import { readWorkspace } from '../workspace/workspace.js';
import { appChoice } from './choose-apps.js';
import { DevKeys } from './dev-keys.js';
import { DevLog } from './dev-log.js';
import { DevSession } from './dev-session.js';
import { watchFiles } from './watch-files.js';

export interface DevRequest {
  /** Names or directories; none: all. */
  readonly apps: readonly string[];
  readonly inspect?: number | undefined;
  readonly json?: boolean;
}

/** Runs the services of a workspace until the terminal asks for the end. Gives the exit code. */
export async function runDev(request: DevRequest, terminal: Terminal): Promise<number> {
  const { stdout, env, cwd, signal } = terminal;
  const workspace = readWorkspace(cwd);
  const choose = appChoice(workspace, request.apps, cwd);
  // Told now, and not by each service.
  loadSwc(workspace.root);
  const colours = coloursFor(stdout, env);
  const log = new DevLog(stdout, colours, request.json === true);
  const session = new DevSession({
    ...{ workspace, choose, env, tell: log.tell, clock: new SystemClock(), inspect: request.inspect },
    colours: colours.isColorSupported,
  });
  const kill = (): void => session.kill();
  process.on('exit', kill);
  const watch = await watchFiles(
    workspace.root,
    (file) => session.changed(file),
    ({ message }) => log.tell({ type: 'trouble', message: `cannot watch all files: ${message}` }),
  );
  const keyboard = request.json ? undefined : terminal.openKeyboard();
  const quit = new AbortController();
  const over = AbortSignal.any([signal, quit.signal]);
  try {
    session.begin();
    if (keyboard) new DevKeys(session, log, keyboard, terminal, () => quit.abort()).greet();
    await ended(over);
  } finally {
    log.release();
    await watch.close();
    await session.close();
    keyboard?.close();
    process.off('exit', kill);
  }
  return signal.aborted ? interruptedBy(signal) : exitCodes.ok;
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
