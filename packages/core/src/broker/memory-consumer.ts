import type { MemoryEntry } from './memory-entry.js';

/** Who is handed what waits in a queue, on behalf of a subscription. */
export class MemoryConsumer {
  readonly unsettled = new Set<MemoryEntry>();
  paused = false;

  /**
   * @param delivered Called with what is from now on in this consumer's hands.
   * @param lost      Called at most once; then nothing is in its hands any more.
   */
  constructor(
    private readonly prefetch: number,
    private readonly delivered: (entry: MemoryEntry) => void,
    readonly lost: (error: Error) => void,
  ) {}

  get hasRoom(): boolean {
    return !this.paused && this.unsettled.size < this.prefetch;
  }

  take(entry: MemoryEntry): void {
    entry.holder = this;
    entry.deliveries++;
    this.unsettled.add(entry);
    this.delivered(entry);
  }
}
