import { spawn } from 'node:child_process';
import type { Clock } from '@skerry/core';

export interface ChildOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends the child: by SIGTERM, and five seconds later by SIGKILL. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

export interface ChildResult {
  /** `undefined` when the program is not there, or a signal has ended it. */
  readonly code: number | undefined;
  /** The end of what it printed, at most 16 KiB. */
  readonly output: string;
}

const keptCharacters = 16 * 1024;
const patienceMs = 5_000;

/** Runs a program that nobody watches, until it has ended. Never rejects. */
export function runChild(command: readonly string[], options: ChildOptions): Promise<ChildResult> {
  const { cwd, env, signal, clock } = options;
  const [program = '', ...args] = command;
  return new Promise((resolve) => {
    let output = '';
    const keep = (piece: string): void => void (output = (output + piece).slice(-keptCharacters));
    const child = spawn(program, args, {
      cwd,
      env: { ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // There package managers are batch files. What is passed to them is never the user's.
      shell: process.platform === 'win32' && /^(npm|pnpm|yarn|bun)$/.test(program),
    });
    let killing: { cancel(): void } | undefined;
    const stop = (): void => {
      child.kill('SIGTERM');
      killing ??= clock.setTimer(patienceMs, () => child.kill('SIGKILL'));
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', keep);
    child.on('error', ({ message }) => keep(message));
    child.on('close', (code) => {
      signal.removeEventListener('abort', stop);
      killing?.cancel();
      resolve({ code: code !== null && code >= 0 ? code : undefined, output: output.trim() });
    });
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
}
