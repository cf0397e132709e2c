import type { StoreEntry } from '../store/entry.js';
import type { Store } from '../store/store.js';

const pageEntries = 1_000;

/** All entries whose keys begin so, ordered by their keys, fetched in pages. @param limit How many are wanted. */
export async function* eachEntry<T>(
  store: Store,
  prefix: string,
  signal: AbortSignal,
  limit = Infinity,
): AsyncGenerator<StoreEntry<T>> {
  let cursor: string | undefined;
  let left = limit;
  do {
    const options = { prefix, limit: Math.min(left, pageEntries), signal, ...(cursor ? { cursor } : {}) };
    const page = await store.list<T>(options);
    yield* page.entries;
    left -= page.entries.length;
    cursor = page.cursor;
  } while (cursor && left > 0);
}
