import type { Clock, Timer } from '../clock/clock.js';
import type { MemoryConsumer } from './memory-consumer.js';
import type { StoredMessage } from './memory-message.js';

/** One message in one queue: in the line, in somebody's hands, or waiting for its time. */
export class MemoryEntry {
  /** In its queue's line: the lowest is next. */
  place = 0;
  /** How often it was handed over. */
  deliveries = 0;
  /** It was delivered once more after it was acknowledged, for a test. */
  repeated = false;
  holder?: MemoryConsumer;
  expiry?: Timer;
  private delay?: Timer;

  constructor(readonly stored: StoredMessage) {}

  /** Calls back at once when there is nothing to wait for. */
  wait(clock: Clock, delayMs: number, over: () => void): void {
    if (delayMs > 0) this.delay = clock.setTimer(delayMs, over, true);
    else over();
  }

  /** Out of the hands that hold it. */
  release(): void {
    this.holder?.unsettled.delete(this);
    delete this.holder;
  }

  end(): void {
    this.release();
    this.expiry?.cancel();
    this.delay?.cancel();
  }
}
