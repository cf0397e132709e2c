import type { StoredChange } from './driver.js';

interface Watch {
  readonly prefix: string;
  readonly changed: (changes: readonly StoredChange[]) => void;
  readonly lost: (error: Error) => void;
}

/** Who watches a memory store. They are told later, as by a server: nobody is called back from inside a call of its own. */
export class MemoryWatches {
  private readonly watches = new Set<Watch>();

  /** Returns what ends it; neither is called afterwards. The first call, of nothing, says that it stands. */
  add(prefix: string, changed: Watch['changed'], lost: Watch['lost']): () => void {
    const watch: Watch = { prefix, changed, lost };
    this.watches.add(watch);
    this.tell(watch, []);
    return () => this.watches.delete(watch);
  }

  report(changes: readonly StoredChange[]): void {
    for (const watch of this.watches) {
      const own = changes.filter((change) => keyOf(change).startsWith(watch.prefix));
      if (own.length > 0) this.tell(watch, own);
    }
  }

  /** Ends all, as losing a server does. */
  lose(error: Error): void {
    const watches = [...this.watches];
    this.watches.clear();
    for (const { lost } of watches) lost(error);
  }

  private tell(watch: Watch, changes: readonly StoredChange[]): void {
    queueMicrotask(() => {
      if (this.watches.has(watch)) watch.changed(changes);
    });
  }
}

function keyOf(change: StoredChange): string {
  if (change.type === 'resync') return '';
  return change.type === 'put' ? change.entry.key : change.key;
}
