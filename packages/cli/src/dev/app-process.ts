import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '@skerry/core';
import { linesOf } from '../terminal/lines.js';
import { childVariable, type ChildOptions } from './child-options.js';
import type { LinkMessage } from './dev-link.js';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What is heard of a process. */
export interface ProcessListener {
  readonly loaded: (file: string) => void;
  readonly ready: (ready: Extract<LinkMessage, { ready: unknown }>['ready']) => void;
  readonly line: (stream: 'stdout' | 'stderr', line: string) => void;
}

export interface ProcessOptions {
  /** Arguments of node. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The directory of the workspace. */
  readonly root: string;
  /** It prepares itself, and runs nothing of the application before {@link AppProcess.release}. */
  readonly waits: boolean;
}

/** One run of a service. */
export interface AppProcess {
  readonly pid: number | undefined;
  /** Resolves when it has ended and all that it printed was heard. Never rejects. */
  readonly exited: Promise<Exit>;
  release(): void;
  /** Asks it to stop; kills it, and all that it started, after `forceAfterMs`. Gives whether it had to. */
  stop(forceAfterMs: number): Promise<boolean>;
  kill(): void;
}

type Child = ChildProcessByStdio<Writable | null, Readable, Readable>;

// Behind standard input, output and error.
const link = 3;

/** Starts a service. It leads a group of processes, so that a terminal's Ctrl-C does not reach it, and what it starts can be ended. */
export function startProcess(options: ProcessOptions, heard: ProcessListener, clock: Clock): AppProcess {
  const { args, cwd, env, root, waits } = options;
  const told: ChildOptions = { root, link, waits };
  const child = spawn(process.execPath, [...args], {
    cwd,
    env: { ...env, [childVariable]: JSON.stringify(told) },
    stdio: [waits ? 'pipe' : 'ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
  }) as unknown as Child;
  // It may be gone before it is told to go on.
  child.stdin?.on('error', () => undefined);
  const read = Promise.all([
    hear(child.stdout, (line) => heard.line('stdout', line)),
    hear(child.stderr, (line) => heard.line('stderr', line)),
    hear(child.stdio[link] as Readable, (line) => {
      const message = JSON.parse(line) as LinkMessage;
      if ('loaded' in message) heard.loaded(message.loaded);
      else heard.ready(message.ready);
    }),
  ]);
  const exited = new Promise<Exit>((resolve) => {
    child.once('error', (error) => {
      heard.line('stderr', error.message);
      resolve({ code: 1, signal: null });
    });
    child.once('exit', (code, signal) => {
      // What it has left behind would keep its output open.
      killGroup(child.pid);
      void read.then(() => resolve({ code, signal }));
    });
  });
  const gone = (): boolean => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  return {
    pid: child.pid,
    exited,
    release: () => void child.stdin?.end(),
    kill: () => void (gone() || killGroup(child.pid)),
    async stop(forceAfterMs) {
      let forced = false;
      if (!gone()) child.kill('SIGTERM');
      const late = clock.setTimer(forceAfterMs, () => {
        forced = true;
        killGroup(child.pid);
      });
      await exited;
      late.cancel();
      return forced;
    },
  };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody of it is left.
  }
}

async function hear(stream: Readable, listener: (line: string) => void): Promise<void> {
  try {
    for await (const line of linesOf(stream.setEncoding('utf8'))) listener(line);
  } catch {
    // The process has gone in the middle of it.
  }
}
