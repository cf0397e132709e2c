/**
 * What an engine implements to back the store. Users never see this file; engine authors live in it.
 *
 * A driver is thin: it moves bytes to and from its engine and reports what happened. Checking keys, encoding values,
 * namespaces, deadlines, watching again and wrapping errors are done once, by `Store`, for every engine. So a driver throws
 * the engine's own error, at once, and never retries. Every method may be called any number of times at once, and gets a
 * `signal` that aborts when the caller's deadline (default 5 s) is over: stop waiting and reject with its reason.
 *
 * Keys are 1 to 512 bytes of UTF-8 without control characters, and are told apart byte by byte. An entry that has expired
 * is as absent as one that was deleted, from the first millisecond after its time, whether it was removed by then or not.
 */
export interface StoreDriver {
  /** The engine's name, for people and logs: `memory`, `lmdb`. */
  readonly name: string;

  /** What this engine can do. Read once, at boot. */
  readonly capabilities: StoreCapabilities;

  /** The entry, as the last write that was acknowledged to anybody left it, or a later one. Never stale. */
  get(key: string, signal: AbortSignal): Promise<StoredEntry | undefined>;

  /**
   * Writes the entry, if its condition holds, and resolves when the write is as durable as `capabilities.durable` says.
   * Condition and write are one step: of several writers that expect the same version, one wins. A condition that does not
   * hold is an outcome, not an error.
   *
   * A write that was given up may still happen, now or never, whole or not at all.
   */
  put(write: StorePut, signal: AbortSignal): Promise<StoreOutcome>;

  /** Removes the entry, if its condition holds. Done as well when there was none and no condition. Otherwise as {@link put}. */
  delete(write: StoreDelete, signal: AbortSignal): Promise<StoreOutcome>;

  /**
   * All writes or none, in one step, each of another key. When several conditions do not hold, any of them is told.
   * Only called with 1 to `capabilities.maxBatchWrites` writes.
   */
  batch(writes: readonly StoreWrite[], signal: AbortSignal): Promise<StoreBatchOutcome>;

  /**
   * The first entries of a range, ordered by the bytes of their keys. A page may be shorter than its limit, to bound its
   * bytes, but has an entry when there is one.
   */
  list(range: StoreRange, signal: AbortSignal): Promise<StoredPage>;

  /**
   * Reports changes of keys that begin with `prefix` until `signal` aborts, then resolves. Rejects when the engine is lost:
   * the caller watches again, and tells its own callers of the gap.
   *
   * Calls `changed` with an empty list once the watch stands. What changes after the call must be reported, or be covered by
   * a `resync` that is reported later. For each key the
   * reports come in the order of its versions; states in between may be left out, the last one never. Reports may come in
   * lists, and twice. `expired` may come some time after the entry was last seen, or not at all when it was written anew.
   *
   * Only called when `capabilities.watch`.
   */
  watch(prefix: string, changed: (changes: readonly StoredChange[]) => void, signal: AbortSignal): Promise<void>;

  /** Frees what the driver opened, when what was acknowledged is safe. Ends watches. Nothing is called afterwards. Harmless twice. */
  close(): Promise<void>;
}

export interface StoreCapabilities {
  /** Changes are reported. */
  readonly watch: boolean;
  /** Entries with a `ttlMs` disappear by themselves. */
  readonly ttl: boolean;
  /** The most writes of one {@link StoreDriver.batch}; 0 where there is none. */
  readonly maxBatchWrites: number;
  /** What an acknowledged write survives: nothing (`memory`), the end of this process (`process`), of the machine (`disk`). */
  readonly durable: 'memory' | 'process' | 'disk';
  /** Largest value in bytes, and the most that all values of a batch may have together. */
  readonly maxValueBytes: number;
}

export interface StoredEntry {
  readonly key: string;
  /** Belongs to whoever receives it. */
  readonly value: Uint8Array;
  /** Changes with every write, and is never used again for the same key, not even after it was deleted. Opaque. */
  readonly version: string;
  /** How long it will live, by the engine's clock, more than 0; absent when it lives until it is deleted. */
  readonly expiresInMs?: number;
}

export interface StorePut {
  readonly type: 'put';
  readonly key: string;
  /** May be kept: nobody changes it any more. */
  readonly value: Uint8Array;
  /** From now. Absent: the entry lives until it is deleted, also when the one that it replaces had a time to live. */
  readonly ttlMs?: number;
  /** Only if the entry exists with this version. */
  readonly ifVersion?: string;
  /** Only if there is no entry. Never together with {@link ifVersion}. */
  readonly ifAbsent?: boolean;
}

export interface StoreDelete {
  readonly type: 'delete';
  readonly key: string;
  readonly ifVersion?: string;
}

export type StoreWrite = StorePut | StoreDelete;

/** What became of a write. */
export type StoreOutcome =
  | {
      readonly done: true;
      /** Of a put: the new version. Of a deletion: the version that was removed; absent when there was none. */
      readonly version?: string;
    }
  | {
      readonly done: false;
      /** The version that the entry has instead; absent when there is none. */
      readonly found?: string;
    };

export type StoreBatchOutcome =
  | {
      readonly done: true;
      /** For each write what {@link StoreOutcome} has for it. */
      readonly versions: readonly (string | undefined)[];
    }
  | {
      readonly done: false;
      /** Which write has the condition that does not hold. */
      readonly index: number;
      readonly found?: string;
    };

export interface StoreRange {
  /** May be empty: all keys. */
  readonly prefix: string;
  /** Only keys after this one; it need not exist. */
  readonly after?: string;
  /** At least 1. */
  readonly limit: number;
}

export interface StoredPage {
  readonly entries: readonly StoredEntry[];
  /** Whether there may be entries after the last of these. */
  readonly more: boolean;
}

export type StoredChange =
  | { readonly type: 'put'; readonly entry: StoredEntry }
  | { readonly type: 'delete' | 'expired'; readonly key: string }
  /** Changes may have been missed: whoever keeps a copy lists again. */
  | { readonly type: 'resync' };
