import { writeSync } from 'node:fs';
import { inspect } from 'node:util';
import { isMainThread } from 'node:worker_threads';

/**
 * While a transaction waits for JavaScript, nothing that ends the process may do so in the usual way: an exit waits for the
 * library's thread, which waits for a callback that cannot come any more, for ever. So an exit in that moment ends the process by
 * SIGKILL. The file is as its last acknowledged write left it; an exit code is not to be had. In a worker thread it does nothing,
 * for there an exit is not that of the process.
 */
export class ExitGuard {
  private thrown: { readonly error: unknown } | undefined;

  constructor(private readonly path: string) {}

  /** The transaction begins. From here on; until {@link lift}. Last of all who listen to the exit, as far as they are known. */
  set(): void {
    if (!isMainThread) return;
    process.on('uncaughtExceptionMonitor', this.noted);
    process.on('exit', this.exiting);
  }

  /** The callback has run, or never will be waited for: the thread ends by itself. Harmless twice. */
  lift(): void {
    process.off('uncaughtExceptionMonitor', this.noted);
    process.off('exit', this.exiting);
  }

  private readonly noted = (error: unknown): void => void (this.thrown = { error });

  private readonly exiting = (code: number): void => {
    // Node would print it after this.
    const uncaught = this.thrown ? `Uncaught ${inspect(this.thrown.error)}\n` : '';
    const how = `the process ends by SIGKILL instead of with exit code ${code}, which would never happen`;
    try {
      writeSync(
        2,
        `${uncaught}${this.path} was about to be written to: ${how}; stop the application before you exit\n`,
      );
    } finally {
      process.kill(process.pid, 'SIGKILL');
    }
  };
}
