import { SystemClock } from '../clock/system-clock.js';
import { Logger } from '../debug/logger.js';
import { SkerryError } from '../errors/skerry-error.js';
import { GraphError } from '../module/problem.js';
import { Application } from './application.js';
import type { RootModule } from './load-root.js';
import type { ApplicationOptions } from './options.js';

export interface RunOptions extends ApplicationOptions {
  /** Signals that stop the application in order; a second one, half a second later or more, stops it at once. Default SIGTERM and SIGINT. */
  readonly signals?: readonly NodeJS.Signals[];
  /** How long stopping may take before the process ends all the same, in ms. Default 30,000. */
  readonly stopTimeoutMs?: number;
}

/** Where applications begin. */
export const Skerry = {
  /**
   * Verifies an application without starting it: for tests, tools and processes that run several. Touches neither signals
   * nor `process.argv`. Rejects with a `GraphError` that carries every problem of the module graph.
   */
  create(root: RootModule, options: ApplicationOptions = {}): Promise<Application> {
    return Application.create(root, options);
  },

  /**
   * Runs an application as this process: starts it, stops it in order on SIGTERM and SIGINT, and sets the exit code (0 after
   * an orderly stop, 1 otherwise). What keeps it from starting is printed to standard error, and ends the process. An error that
   * nobody caught is logged, and stops it in order too, with 1.
   *
   *     await Skerry.run(() => import('./app.module.js'));
   *
   * Importing inside of the call lets Skerry explain failures of the import as well.
   */
  async run(root: RootModule, options: RunOptions = {}): Promise<Application> {
    let stopping: (() => boolean) | undefined;
    try {
      const application = await Application.create(root, options);
      stopping = stopOnSignals(application, options);
      await application.start();
      return application;
    } catch (error) {
      // Told to stop while it waited for something: that is no failure, and whoever stops it ends the process.
      if (stopping?.()) return new Promise(() => undefined);
      process.stderr.write(`${explain(error)}\n`);
      process.exit(1);
    }
  },
} as const;

// A terminal signals a whole group of processes, and parents pass on what they get: one Ctrl-C may arrive several times.
const sameSignalMs = 500;

/** Gives what tells whether it was told to stop. */
function stopOnSignals(application: Application, options: RunOptions): () => boolean {
  const { signals = ['SIGTERM', 'SIGINT'], stopTimeoutMs = 30_000 } = options;
  const clock = new SystemClock();
  let stoppingSince: number | undefined;
  const stop = async (reason: string, failed = false): Promise<void> => {
    stoppingSince = clock.now();
    const late = clock.setTimer(stopTimeoutMs, () => abandon(`did not stop within ${stopTimeoutMs} ms`), true);
    const failures = await application.stop(reason);
    late.cancel();
    process.exit(failed || failures > 0 ? 1 : 0);
  };
  // What state it leaves the process in is unknown; but other calls are under way, and they may finish.
  process.on('uncaughtException', (error, origin) => {
    if (application.state !== 'running' && stoppingSince === undefined) {
      process.stderr.write(`${explain(error)}\n`);
      process.exit(1);
    }
    const what =
      origin === 'unhandledRejection'
        ? 'a promise was rejected, and nobody waited for it'
        : 'an error was thrown, and nobody caught it';
    application.get(Logger).error(`${what}: the application stops`, { error });
    if (stoppingSince === undefined) void stop(origin, true);
  });
  for (const signal of signals) {
    process.on(signal, () => {
      if (stoppingSince === undefined) void stop(signal);
      else if (clock.now() - stoppingSince > sameSignalMs) abandon(`${signal} came again`);
    });
  }
  // An application that serves nothing ends when it has nothing left to do; that is a stop like any other.
  process.once('beforeExit', () => {
    if (stoppingSince === undefined && application.state === 'running') void stop('nothing left to do');
  });
  return () => stoppingSince !== undefined;
}

function abandon(why: string): never {
  process.stderr.write(`stopping at once: ${why}
`);
  process.exit(1);
}

/** What a person at the terminal needs: the report of a graph; for everything else also what caused it, with its stack. */
export function explain(error: unknown): string {
  if (!SkerryError.is(error)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (error instanceof GraphError) return error.message;
  const { code, message, cause } = error;
  // A circle of files is told whole; the ReferenceError that it ended in adds nothing.
  const telling = cause instanceof Error && code !== 'SKERRY_ESM_CYCLE';
  const because = telling ? `\n\ncaused by ${cause.stack ?? cause.message}` : '';
  return `${code}  ${message}${because}`;
}
