import type { Clock } from '../clock/clock.js';
import type { Class } from '../container/token.js';
import { retryConflicts } from './conflicts.js';
import { cursorAfter, keyOfCursor } from './cursor.js';
import { allEntries, followEntry, putIfAbsent, updateOnce } from './entries.js';
import type { StoreCapabilities, StoreDriver } from './driver.js';
import type {
  StoreBatchWrite,
  StoreCallOptions,
  StoreChange,
  StoreDeleteOptions,
  StoreEntry,
  StoreListOptions,
  StorePage,
  StorePutOptions,
  StoreUpdateOptions,
} from './entry.js';
import { GuardedStoreDriver } from './guarded-driver.js';
import { checkKey, checkPrefix, namespacePrefix } from './keys.js';
import { readChange, readEntry } from './read-stored.js';
import { StoreChanges } from './store-changes.js';
import { closed, conflict } from './store-errors.js';
import { checkLimit, resolveStoreOptions, type StoreOptions } from './store-options.js';
import { TypedStore } from './typed-store.js';
import { checkBatch, checkBytes, deletion, put } from './writes.js';

/**
 * Values by key, shared by all who are given the same engine and namespace. A value is what JSON can carry, or a
 * `Uint8Array`. Holds everything that is common to all engines, so that a driver only moves bytes; owns the driver it is given.
 *
 * Every method may reject with `SKERRY_STORE_UNAVAILABLE` when the engine fails or does not answer within the deadline, with
 * `SKERRY_STORE_KEY_INVALID`, and with the reason of the signal that it was given.
 */
export class Store {
  /** What all keys of this store begin with. */
  private readonly prefix: string = '';
  /** The store without any namespace. */
  private readonly root: Store = this;
  private readonly driver: GuardedStoreDriver;
  private readonly watches = new Set<{ end(): void }>();

  constructor(driver: StoreDriver, clock: Clock, options: StoreOptions = {}) {
    this.driver = new GuardedStoreDriver(driver, clock, resolveStoreOptions(options).deadlineMs);
  }

  /** The engine's name: `memory`, `lmdb`. */
  get engine(): string {
    return this.driver.name;
  }

  /** What the engine can do. What it cannot is refused with `SKERRY_STORE_UNSUPPORTED` when it is asked for. */
  get capabilities(): StoreCapabilities {
    return this.driver.capabilities;
  }

  /**
   * The same entries as seen from below `name`: its keys are those that begin so here. Costs nothing. Any text is a name;
   * two names never share a key.
   */
  namespace(name: string): Store {
    return this.below(namespacePrefix(name));
  }

  /**
   * The namespace of a service, which is the same whatever namespace this is, and in every application of the engine: data
   * belong to the service. What `@InjectStore` injects.
   */
  service(name: string): Store {
    return this.root.namespace('services').namespace(name);
  }

  /**
   * The entries below `prefix` as instances of a class, checked by its decorators when they are written and when they are
   * read. Throws `SKERRY_HANDLER_INVALID` for a class whose decorators cannot work.
   */
  of<T extends object>(type: Class<T>, prefix = ''): TypedStore<T> {
    return new TypedStore(this.below(prefix), type);
  }

  /** The entry, or `undefined` when there is none. */
  async get<T = unknown>(key: string, { signal }: StoreCallOptions = {}): Promise<StoreEntry<T> | undefined> {
    const full = this.full(key);
    const found = await this.open(`get ${full}`).read(`get ${full}`, signal, (driver, limit) =>
      driver.get(full, limit),
    );
    return found && readEntry<T>(this.prefix, found);
  }

  /**
   * Writes the value and resolves with its version, once it is as durable as the engine's capabilities say.
   *
   * Rejects with `SKERRY_STORE_CONFLICT` when `ifVersion` or `ifAbsent` does not hold, and with
   * `SKERRY_STORE_VALUE_TOO_LARGE`. After `SKERRY_STORE_UNAVAILABLE` it may have been written or not.
   */
  async put(key: string, value: unknown, options: StorePutOptions = {}): Promise<string> {
    const full = this.full(key);
    const write = put(full, value, options);
    const driver = this.open(`put ${full}`);
    driver.need(`put ${full} with a ttlMs`, options.ttlMs === undefined || driver.capabilities.ttl);
    checkBytes(full, [write], driver);
    const outcome = await driver.write(`put ${full}`, options.signal, (to, limit) => to.put(write, limit));
    if (!outcome.done) throw conflict(key, options.ifVersion, outcome.found);
    return outcome.version!;
  }

  /**
   * Writes the value where there is no such entry, and resolves with its version; with `undefined` where there is one. Otherwise
   * as {@link put}.
   */
  putIfAbsent(
    key: string,
    value: unknown,
    options: Omit<StorePutOptions, 'ifAbsent' | 'ifVersion'> = {},
  ): Promise<string | undefined> {
    return putIfAbsent(this, key, value, options);
  }

  /**
   * Makes of the value another one: reads it, has `change` decide, and writes unless somebody else has written in between; then
   * again, with what they wrote. Resolves with the entry as it is then.
   *
   * Rejects with `SKERRY_STORE_CONFLICT` when others were faster all of the store's deadline long, and with what `change` throws.
   *
   * @param change Gets `undefined` where there is no entry. What it gives is written; where that is `undefined`, nothing is. May
   *   run several times, each time with what is there then: it should do nothing else.
   */
  update<T = unknown>(
    key: string,
    change: (value: T | undefined) => T | undefined | Promise<T | undefined>,
    options: StoreUpdateOptions = {},
  ): Promise<StoreEntry<T> | undefined> {
    const once = (): Promise<StoreEntry | undefined> =>
      updateOnce(this, key, change as (value: unknown) => unknown, options);
    return this.retryConflicts(once, options) as Promise<StoreEntry<T> | undefined>;
  }

  /**
   * Runs `work`, which reads, decides, and writes with `ifVersion` or `ifAbsent`; and again while that rejects with
   * `SKERRY_STORE_CONFLICT`, for the store's deadline in all. For a {@link batch} of several entries; for one there is
   * {@link update}.
   */
  retryConflicts<T>(work: () => Promise<T>, { signal }: StoreCallOptions = {}): Promise<T> {
    const { clock, deadlineMs } = this.driver;
    return retryConflicts(work, { clock, withinMs: deadlineMs, signal });
  }

  /** Removes the entry; `false` when there was none. Rejects with `SKERRY_STORE_CONFLICT` when `ifVersion` does not hold. */
  async delete(key: string, options: StoreDeleteOptions = {}): Promise<boolean> {
    const full = this.full(key);
    const write = deletion(full, options);
    const driver = this.open(`delete ${full}`);
    const outcome = await driver.write(`delete ${full}`, options.signal, (to, limit) => to.delete(write, limit));
    if (!outcome.done) throw conflict(key, options.ifVersion, outcome.found);
    return outcome.version !== undefined;
  }

  /**
   * Does all of these writes or none, in one step, each of another key, and resolves with the version of each put.
   *
   * Rejects with `SKERRY_STORE_CONFLICT` when one of the conditions does not hold, with `SKERRY_STORE_UNSUPPORTED` where the
   * engine cannot, or not so many, and with `SKERRY_STORE_VALUE_TOO_LARGE` for all values together.
   */
  async batch(writes: readonly StoreBatchWrite[], { signal }: StoreCallOptions = {}): Promise<(string | undefined)[]> {
    const driver = this.open('write a batch');
    const full = writes.map((write) => {
      const key = this.full(write.key);
      return write.type === 'put' ? put(key, write.value, write) : deletion(key, write);
    });
    checkBatch(full, driver);
    if (full.length === 0) return [];
    const what = `write a batch of ${full.length}, ${full[0]!.key} first,`;
    const outcome = await driver.write(what, signal, (to, limit) => to.batch(full, limit));
    if (outcome.done) return full.map(({ type }, index) => (type === 'put' ? outcome.versions[index] : undefined));
    const { key, ifVersion } = writes[outcome.index]!;
    throw conflict(key, ifVersion, outcome.found);
  }

  /**
   * A page of entries, ordered by the bytes of their keys. Following the cursors, each entry that exists all the while is
   * listed exactly once; one that comes or goes meanwhile once or not at all.
   */
  async list<T = unknown>(options: StoreListOptions = {}): Promise<StorePage<T>> {
    const { prefix = '', limit = 100, cursor, signal } = options;
    const full = this.fullPrefix(prefix);
    checkLimit(limit);
    const after = cursor === undefined ? {} : { after: this.full(keyOfCursor(cursor, prefix)) };
    const what = `list ${full || 'all keys'}`;
    const page = await this.open(what).read(what, signal, (driver, stop) =>
      driver.list({ prefix: full, limit, ...after }, stop),
    );
    const entries = page.entries.map((stored) => readEntry<T>(this.prefix, stored));
    const last = entries.at(-1);
    return { entries, ...(page.more && last ? { cursor: cursorAfter(last.key) } : {}) };
  }

  /** All entries, read page by page as the loop gets on: as {@link list}. `limit` is the size of a page. */
  all<T = unknown>(options: Omit<StoreListOptions, 'cursor'> = {}): AsyncGenerator<StoreEntry<T>, undefined> {
    return allEntries(this, options) as AsyncGenerator<StoreEntry<T>, undefined>;
  }

  /**
   * The entry of one key: as it is, then whenever it has changed, and `undefined` where there is none; for one consumer. States in
   * between may be left out. Ends when the signal aborts, the loop is left or the store is closed.
   *
   * Its first step rejects with `SKERRY_STORE_UNSUPPORTED` where the engine cannot watch.
   */
  follow<T = unknown>(
    key: string,
    options: StoreCallOptions = {},
  ): AsyncGenerator<StoreEntry<T> | undefined, undefined> {
    return followEntry(this, key, options) as AsyncGenerator<StoreEntry<T> | undefined, undefined>;
  }

  /**
   * Changes of keys that begin with `prefix`, from now on, whoever makes them; for one consumer. For each key they come in
   * order, and states in between may be left out. When some were missed, because the engine was lost or the consumer is far
   * behind, a `resync` says so. Ends when the signal aborts, the loop is left or the store is closed.
   *
   * Throws `SKERRY_STORE_UNSUPPORTED` where the engine cannot.
   */
  watch<T = unknown>(prefix = '', { signal }: StoreCallOptions = {}): AsyncIterableIterator<StoreChange<T>> {
    const full = this.fullPrefix(prefix);
    const what = `watch ${full || 'all keys'}`;
    const driver = this.open(what);
    driver.need(what, driver.capabilities.watch);
    return new StoreChanges<T>(driver, full, (change) => readChange<T>(this.prefix, change), signal, this.watches);
  }

  /** Ends all watches, and closes the driver: for all namespaces. For whoever made the store; an application does it by itself. */
  close(): Promise<void> {
    for (const watch of this.watches) watch.end();
    return this.driver.close();
  }

  /** Shares everything but the prefix, also what is private to the store that was made first. */
  private below(prefix: string): Store {
    return Object.create(this, { prefix: { value: this.fullPrefix(prefix) } }) as Store;
  }

  private full(key: string): string {
    if (key === '' || typeof key !== 'string') checkKey(key);
    const full = this.prefix + key;
    checkKey(full);
    return full;
  }

  private fullPrefix(prefix: string): string {
    if (typeof prefix !== 'string') checkPrefix(prefix);
    const full = this.prefix + prefix;
    checkPrefix(full);
    return full;
  }

  private open(what: string): GuardedStoreDriver {
    if (this.driver.closed) throw closed(what);
    return this.driver;
  }
}
