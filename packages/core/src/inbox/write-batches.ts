import type { StoreCapabilities } from '../store/driver.js';
import type { StoreBatchWrite } from '../store/entry.js';
import type { Store } from '../store/store.js';

// Of each write beside what its caller has counted.
const overheadBytes = 1_024;

/** Gathers writes into as few batches as the engine takes; those that are added together stay together where they can. */
export class WriteBatches {
  private readonly batches: StoreBatchWrite[][] = [];
  private bytes = 0;

  constructor(private readonly capabilities: Pick<StoreCapabilities, 'maxBatchWrites' | 'maxValueBytes'>) {}

  /** @param bytes At least what their values have together, but for 1 KiB each. */
  add(writes: readonly StoreBatchWrite[], bytes: number): void {
    const { maxBatchWrites, maxValueBytes } = this.capabilities;
    const all = bytes + writes.length * overheadBytes;
    const last = this.batches.at(-1);
    if (last && last.length + writes.length <= maxBatchWrites && this.bytes + all <= maxValueBytes) {
      last.push(...writes);
      this.bytes += all;
      return;
    }
    for (let at = 0; at < writes.length; at += maxBatchWrites) this.batches.push(writes.slice(at, at + maxBatchWrites));
    this.bytes = all;
  }

  /** One batch after the other. Gives the versions of what was put, by key. */
  async write(store: Store, signal: AbortSignal): Promise<ReadonlyMap<string, string | undefined>> {
    const versions = new Map<string, string | undefined>();
    for (const batch of this.batches) {
      const written = await store.batch(batch, { signal });
      for (const [index, { key }] of batch.entries()) versions.set(key, written[index]);
    }
    return versions;
  }
}
