import type { Clock, StoredChange, Timer } from '@skerry/core';
import type { LmdbDatabase } from './database.js';
import { decodeRecord, encodeNumber, journalLength } from './layout.js';
import { storedEntry } from './stored-entry.js';

interface Watch {
  readonly prefix: string;
  readonly changed: (changes: readonly StoredChange[]) => void;
  readonly end: (error?: unknown) => void;
  /** The version up to which it has been told everything. */
  toldTo: number;
}

// Of one turn: whoever writes much does not stop this process.
const recordsPerTurn = 1_000;

/**
 * Follows the journal of the file for all watches of this process: at once after own writes, and by looking every now and then
 * for what other processes did. Looking costs one read when nothing happened.
 */
export class Watches {
  private readonly watches = new Set<Watch>();
  private timer?: Timer;

  constructor(
    private readonly database: LmdbDatabase,
    private readonly clock: Clock,
    private readonly pollMs: number,
  ) {}

  add(prefix: string, changed: Watch['changed'], signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return resolve();
      this.database.refresh();
      const aborted = (): void => watch.end();
      const watch: Watch = {
        prefix,
        changed,
        toldTo: this.database.readState().lastVersion,
        end: (error) => {
          this.watches.delete(watch);
          signal.removeEventListener('abort', aborted);
          if (this.watches.size === 0) this.timer?.cancel();
          if (error === undefined) resolve();
          else reject(error as Error);
        },
      };
      signal.addEventListener('abort', aborted, { once: true });
      this.watches.add(watch);
      if (this.watches.size === 1) this.lookAgain(this.pollMs);
      // Later: nobody is called back from inside a call of its own.
      queueMicrotask(() => this.tell(watch, []));
    });
  }

  /** Something may have changed. */
  look(): void {
    if (this.watches.size === 0) return;
    this.timer?.cancel();
    let behind = false;
    try {
      this.database.refresh();
      const { lastVersion } = this.database.readState();
      for (const watch of [...this.watches]) {
        this.follow(watch, lastVersion);
        behind ||= watch.toldTo < lastVersion;
      }
    } catch (error) {
      for (const watch of [...this.watches]) watch.end(error);
    }
    this.lookAgain(behind ? 0 : this.pollMs);
  }

  close(): void {
    for (const watch of [...this.watches]) watch.end();
  }

  private lookAgain(delayMs: number): void {
    this.timer?.cancel();
    if (this.watches.size > 0) this.timer = this.clock.setTimer(delayMs, () => this.look(), true);
  }

  private follow(watch: Watch, lastVersion: number): void {
    if (watch.toldTo >= lastVersion) return;
    if (lastVersion - watch.toldTo > journalLength) {
      watch.toldTo = lastVersion;
      return this.tell(watch, [{ type: 'resync' }]);
    }
    const changes: StoredChange[] = [];
    const range = { start: encodeNumber(watch.toldTo + 1), limit: recordsPerTurn };
    for (const { key, value } of this.database.journal.getRange(range)) {
      watch.toldTo = key.readDoubleBE(0);
      const change = this.changeOf(value, watch);
      if (change) changes.push(change);
    }
    if (changes.length > 0) this.tell(watch, changes);
  }

  /** What a record of the journal says to this watch; nothing when it is of another prefix, or a later record says more. */
  private changeOf(record: Buffer, { prefix, toldTo }: Watch): StoredChange | undefined {
    const { kind, key } = decodeRecord(record);
    if (!key.startsWith(prefix)) return undefined;
    if (kind !== 'put') return { type: kind, key };
    const entry = storedEntry(key, this.database.entries.getBinary(Buffer.from(key)), this.database.now());
    return entry?.version === String(toldTo) ? { type: 'put', entry } : undefined;
  }

  private tell(watch: Watch, changes: readonly StoredChange[]): void {
    if (this.watches.has(watch)) watch.changed(changes);
  }
}
