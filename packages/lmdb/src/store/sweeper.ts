import type { Clock, Timer } from '@skerry/core';
import type { LmdbDatabase } from './database.js';
import { encodeNumber } from './layout.js';
import type { WriteQueue } from './write-queue.js';

// Of one transaction, for which other writers wait.
const mostAtOnce = 1_000;

/** Removes what has expired, and what processes that were killed have left in the lock. Every process does; one is first. */
export class Sweeper {
  private timer: Timer;
  private closed = false;

  constructor(
    private readonly database: LmdbDatabase,
    private readonly queue: WriteQueue,
    private readonly clock: Clock,
    private readonly everyMs: number,
  ) {
    this.timer = this.next(everyMs);
  }

  close(): void {
    this.closed = true;
    this.timer.cancel();
  }

  private next(delayMs: number): Timer {
    return this.clock.setTimer(delayMs, () => void this.sweep(), true);
  }

  private async sweep(): Promise<void> {
    let removed = 0;
    try {
      // A reader that was killed would keep the file from reusing what it read.
      this.database.root.readerCheck();
      if (this.isDue()) removed = await this.queue.expire(mostAtOnce);
    } catch {
      // A disk that is full or fails: whoever writes is told. What has expired is absent all the same, and tried again.
    }
    if (!this.closed) this.timer = this.next(removed === mostAtOnce ? 0 : this.everyMs);
  }

  private isDue(): boolean {
    this.database.refresh();
    const [first] = this.database.expiries.getKeys({ end: encodeNumber(this.database.now()), limit: 1 });
    return first !== undefined;
  }
}
