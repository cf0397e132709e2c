import type { StoredChange } from './driver.js';

const mostKeys = 1_000;
const mostBytes = 16 * 1024 * 1024;

/**
 * Changes that wait for a consumer, one for each key: the latest. When they become too many or too large, all are dropped for
 * one `resync`, so that a slow consumer costs a bounded amount of memory and knows what it missed.
 */
export class PendingChanges {
  private readonly changes = new Map<string, StoredChange & { type: 'put' | 'delete' | 'expired' }>();
  private bytes = 0;
  private missed = false;

  get empty(): boolean {
    return !this.missed && this.changes.size === 0;
  }

  add(change: StoredChange): void {
    if (change.type === 'resync') return this.resync();
    const key = change.type === 'put' ? change.entry.key : change.key;
    this.bytes += bytesOf(change) - bytesOf(this.changes.get(key));
    this.changes.set(key, change);
    if (this.changes.size > mostKeys || this.bytes > mostBytes) this.resync();
  }

  /** Whoever lists again learns all that waits here. */
  resync(): void {
    this.changes.clear();
    this.bytes = 0;
    this.missed = true;
  }

  /** The next change, in the order in which keys first changed. */
  take(): StoredChange | undefined {
    if (this.missed) {
      this.missed = false;
      return { type: 'resync' };
    }
    for (const [key, change] of this.changes) {
      this.changes.delete(key);
      this.bytes -= bytesOf(change);
      return change;
    }
    return undefined;
  }
}

function bytesOf(change: StoredChange | undefined): number {
  return change?.type === 'put' ? change.entry.value.byteLength : 0;
}
