import type { StoreBatchOutcome, StoreWrite } from '@skerry/core';
import { lmdbError } from '../lmdb-error.js';
import type { LmdbDatabase } from './database.js';
import { ExitGuard } from './exit-guard.js';
import { Transaction } from './transaction.js';

interface Job {
  /** Done within a transaction of this process; what it throws undoes all of it. */
  readonly work: (transaction: Transaction) => unknown;
  readonly resolve: (result: never) => void;
  readonly reject: (reason: unknown) => void;
  /** Once it is aborted nobody waits any more, and what is not begun is not done. */
  readonly signal?: AbortSignal;
  readonly bytes: number;
}

// Other processes wait as long as a transaction takes.
const mostJobs = 1_000;
const mostBytes = 16 * 1024 * 1024;

/**
 * Gathers what is to be written while the transaction before is flushed to the disk: many writers share the price of one
 * flush. Nothing is acknowledged before it is on the disk.
 */
export class WriteQueue {
  private jobs: Job[] = [];
  private running?: Promise<void>;
  private readonly exit: ExitGuard;

  /** @param committed Called after each transaction that changed something. */
  constructor(
    private readonly database: LmdbDatabase,
    private readonly committed: () => void,
  ) {
    this.exit = new ExitGuard(database.path);
  }

  write(writes: readonly StoreWrite[], signal: AbortSignal): Promise<StoreBatchOutcome> {
    const bytes = writes.reduce((sum, write) => sum + (write.type === 'put' ? write.value.byteLength : 0), 0);
    return this.add((transaction) => transaction.write(writes), bytes, signal);
  }

  /** Removes entries that have expired; resolves with how many. */
  expire(atMost: number): Promise<number> {
    return this.add((transaction) => transaction.expire(atMost), 0);
  }

  /** Resolves when nothing is left to do. */
  async idle(): Promise<void> {
    await this.running;
  }

  private add<T>(work: (transaction: Transaction) => T, bytes: number, signal?: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const aborted = (): void => reject(signal!.reason as Error);
      const settle =
        <A>(then: (argument: A) => void) =>
        (argument: A): void => {
          signal?.removeEventListener('abort', aborted);
          then(argument);
        };
      signal?.addEventListener('abort', aborted, { once: true });
      this.jobs.push({ work, resolve: settle(resolve), reject: settle(reject), bytes, ...(signal ? { signal } : {}) });
      this.running ??= this.run().finally(() => delete this.running);
    });
  }

  private async run(): Promise<void> {
    // Whatever else this turn writes comes along.
    await Promise.resolve();
    while (this.jobs.length > 0) {
      const jobs = this.take();
      let changed = false;
      try {
        this.exit.set();
        const results = await this.database.root.childTransaction(() => {
          const transaction = new Transaction(this.database);
          // Time has gone by: another process may have kept the lock until nobody waited any more.
          const done = jobs.map(({ work, signal }) => (signal?.aborted ? undefined : work(transaction)) as never);
          changed = transaction.end();
          this.exit.lift();
          return done;
        });
        for (const [index, { resolve }] of jobs.entries()) resolve(results[index]!);
      } catch (caught) {
        const error = await lmdbError(this.database.path, caught);
        for (const { reject } of jobs) reject(error);
      } finally {
        this.exit.lift();
      }
      if (changed) this.committed();
    }
  }

  private take(): Job[] {
    let bytes = 0;
    const index = this.jobs.findIndex((job) => (bytes += job.bytes) > mostBytes);
    return this.jobs.splice(0, Math.min(mostJobs, index < 0 ? mostJobs : Math.max(1, index)));
  }
}
