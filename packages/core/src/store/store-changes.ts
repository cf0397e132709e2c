import { SkerryError } from '../errors/skerry-error.js';
import type { StoredChange } from './driver.js';
import type { StoreChange } from './entry.js';
import type { GuardedStoreDriver } from './guarded-driver.js';
import { PendingChanges } from './pending-changes.js';

const firstPauseMs = 100;
const longestPauseMs = 3_000;

/**
 * The changes of a prefix, from the moment that this is made: an iterable for one consumer. Watches again when the engine was
 * lost, and says `resync` then. Ends with its signal, with the store, or when the loop is left.
 */
export class StoreChanges<T> implements AsyncIterableIterator<StoreChange<T>> {
  private readonly pending = new PendingChanges();
  private readonly lifetime = new AbortController();
  private failure?: SkerryError;
  private wake?: () => void;
  /** Calls of {@link next} take their turns. */
  private turn: Promise<unknown> = Promise.resolve();

  /**
   * @param read Makes of what was stored what the consumer gets.
   * @param open Has it until it ends.
   */
  constructor(
    private readonly driver: GuardedStoreDriver,
    private readonly prefix: string,
    private readonly read: (change: StoredChange) => StoreChange<T> | Promise<StoreChange<T>>,
    private readonly signal: AbortSignal | undefined,
    private readonly open: Set<{ end(): void }>,
  ) {
    open.add(this);
    signal?.addEventListener('abort', this.end, { once: true });
    if (signal?.aborted) this.end();
    else void this.follow();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<StoreChange<T>, undefined>> {
    const next = this.turn.then(() => this.take());
    this.turn = next.catch(() => undefined);
    return next;
  }

  async return(): Promise<IteratorResult<StoreChange<T>, undefined>> {
    this.end();
    return { done: true, value: undefined };
  }

  /** Harmless twice. */
  readonly end = (): void => {
    if (this.lifetime.signal.aborted) return;
    this.signal?.removeEventListener('abort', this.end);
    this.lifetime.abort();
    this.wake?.();
    this.open.delete(this);
  };

  private async take(): Promise<IteratorResult<StoreChange<T>, undefined>> {
    while (this.pending.empty && !this.lifetime.signal.aborted) {
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    if (this.failure) throw this.failure;
    if (this.lifetime.signal.aborted) return { done: true, value: undefined };
    return { done: false, value: await this.read(this.pending.take()!) };
  }

  private async follow(): Promise<void> {
    const { signal } = this.lifetime;
    let pauseMs = firstPauseMs;
    for (let gap = false; !signal.aborted; gap = true) {
      const changed = (changes: readonly StoredChange[]): void => {
        if (signal.aborted) return;
        pauseMs = firstPauseMs;
        // The watch stands again: what happened since the last one ended is for the consumer to find.
        if (gap) this.pending.resync();
        gap = false;
        for (const change of changes) this.pending.add(change);
        this.wake?.();
      };
      try {
        await this.driver.watch(this.prefix, changed, signal);
      } catch (error) {
        // What no patience can help is the consumer's to know.
        if (SkerryError.is(error) && !error.retryable) return this.fail(error);
      }
      await this.driver.clock.sleep(pauseMs * (1 - this.driver.clock.random() / 2), signal).catch(() => undefined);
      pauseMs = Math.min(2 * pauseMs, longestPauseMs);
    }
  }

  private fail(error: SkerryError): void {
    this.failure = error;
    this.end();
  }
}
