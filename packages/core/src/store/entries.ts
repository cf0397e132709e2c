import { SkerryError } from '../errors/skerry-error.js';
import type {
  StoreCallOptions,
  StoreChange,
  StoreEntry,
  StoreListOptions,
  StorePage,
  StorePutOptions,
  StoreUpdateOptions,
} from './entry.js';

/** What a store and a typed view of it can both do; what is made of that is here. */
interface Entries<T> {
  get(key: string, options?: StoreCallOptions): Promise<StoreEntry<T> | undefined>;
  put(key: string, value: T, options?: StorePutOptions): Promise<string>;
  list(options?: StoreListOptions): Promise<StorePage<T>>;
  watch(prefix?: string, options?: StoreCallOptions): AsyncIterableIterator<StoreChange<T>>;
}

/** Writes only where nothing is: the version, or `undefined` where something was. */
export async function putIfAbsent<T>(
  entries: Entries<T>,
  key: string,
  value: T,
  options: Omit<StorePutOptions, 'ifAbsent' | 'ifVersion'>,
): Promise<string | undefined> {
  try {
    return await entries.put(key, value, { ...options, ifAbsent: true });
  } catch (error) {
    if (SkerryError.is(error, 'SKERRY_STORE_CONFLICT')) return undefined;
    throw error;
  }
}

/** One try of an update. */
export async function updateOnce<T>(
  entries: Entries<T>,
  key: string,
  change: (value: T | undefined) => T | undefined | Promise<T | undefined>,
  { ttlMs, signal }: StoreUpdateOptions,
): Promise<StoreEntry<T> | undefined> {
  const limits = signal ? { signal } : {};
  const found = await entries.get(key, limits);
  const value = await change(found?.value);
  if (value === undefined) return found;
  const condition = found ? { ifVersion: found.version } : { ifAbsent: true };
  const expiresInMs = ttlMs ?? found?.expiresInMs;
  // One that was about to expire is renewed for a moment, and not kept for ever.
  const lifetime = expiresInMs === undefined ? {} : { ttlMs: Math.max(1, expiresInMs) };
  const version = await entries.put(key, value, { ...limits, ...condition, ...lifetime });
  return { key, value, version, ...(expiresInMs === undefined ? {} : { expiresInMs }) };
}

/** All pages, one after the other. */
export async function* allEntries<T>(
  entries: Entries<T>,
  options: Omit<StoreListOptions, 'cursor'>,
): AsyncGenerator<StoreEntry<T>, undefined> {
  for (let cursor: string | undefined; ;) {
    const page = await entries.list(cursor === undefined ? options : { ...options, cursor });
    yield* page.entries;
    if (page.cursor === undefined) return;
    cursor = page.cursor;
  }
}

/** The entry of one key as it is, and whenever it has changed. */
export async function* followEntry<T>(
  entries: Entries<T>,
  key: string,
  { signal }: StoreCallOptions,
): AsyncGenerator<StoreEntry<T> | undefined, undefined> {
  const limits = signal ? { signal } : {};
  // Watched before it is read, so that no change falls in between.
  const changes = entries.watch(key, limits);
  try {
    let last = await entries.get(key, limits);
    yield last;
    for await (const change of changes) {
      // Other keys may begin as this one does.
      if (change.type !== 'resync' && change.key !== key) continue;
      if (change.type === 'invalid') throw change.error;
      const next = await stateAfter(change, () => entries.get(key, limits));
      if (next?.version === last?.version) continue;
      last = next;
      yield last;
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
  } finally {
    await changes.return?.();
  }
}

function stateAfter<T>(
  change: Exclude<StoreChange<T>, { type: 'invalid' }>,
  read: () => Promise<StoreEntry<T> | undefined>,
): Promise<StoreEntry<T> | undefined> | StoreEntry<T> | undefined {
  if (change.type === 'resync') return read();
  return change.type === 'put' ? change.entry : undefined;
}
