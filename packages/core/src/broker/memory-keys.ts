import type { MemoryEntry } from './memory-entry.js';
import { MemoryLine } from './memory-line.js';

/** The messages of one key: the one whose turn it is, until it has left the queue, and those behind it. */
interface Lane {
  readonly behind: MemoryLine<MemoryEntry>;
  front: MemoryEntry;
}

/**
 * What keeps the order of an ordered queue: only one message of each key is in the line, in somebody's hands or waiting to be
 * retried; the others stand behind it. So any number of consumers work on different keys at once, which a single active
 * consumer, the other way to keep order, would not allow.
 */
export class MemoryKeys {
  private readonly lanes = new Map<string, Lane>();

  /** Whether the entry may join the line now; otherwise {@link leave} gives it when its turn has come. */
  enter(entry: MemoryEntry): boolean {
    const { key } = entry.stored.message;
    if (key === undefined) return true;
    const lane = this.lanes.get(key);
    if (lane) lane.behind.add(entry);
    else this.lanes.set(key, { front: entry, behind: new MemoryLine() });
    return !lane;
  }

  /** Whether it is the turn of this one: the others of its key wait for it. */
  heldBy(entry: MemoryEntry): boolean {
    const { key } = entry.stored.message;
    return key !== undefined && this.lanes.get(key)?.front === entry;
  }

  /** The entry has left the queue. Gives the one that was waiting for that. */
  leave(entry: MemoryEntry): MemoryEntry | undefined {
    const { key } = entry.stored.message;
    const lane = key === undefined ? undefined : this.lanes.get(key);
    if (key === undefined || !lane) return undefined;
    if (lane.front !== entry) {
      lane.behind.remove(entry);
      return undefined;
    }
    const next = lane.behind.shift();
    if (next) lane.front = next;
    else this.lanes.delete(key);
    return next;
  }
}
