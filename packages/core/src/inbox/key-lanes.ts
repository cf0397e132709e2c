import { MemoryLine } from '../broker/memory-line.js';
import type { OutboxEntry } from './outbox-entry.js';

interface Lane {
  readonly behind: MemoryLine<OutboxEntry>;
  front: OutboxEntry;
}

/** Of the entries of each key only the first is in the line or on its way; the others stand behind it until it has left. */
export class KeyLanes {
  private readonly lanes = new Map<string, Lane>();

  /** Whether it is the entry's turn; otherwise {@link leave} gives it when that has come. */
  enter(entry: OutboxEntry): boolean {
    const { key } = entry.record;
    if (key === undefined) return true;
    const lane = this.lanes.get(key);
    if (!lane) this.lanes.set(key, { front: entry, behind: new MemoryLine() });
    else if (lane.front !== entry) {
      lane.behind.add(entry);
      return false;
    }
    return true;
  }

  /** The entry has left its queue. Gives the one that was waiting for that. */
  leave(entry: OutboxEntry): OutboxEntry | undefined {
    const { key } = entry.record;
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
