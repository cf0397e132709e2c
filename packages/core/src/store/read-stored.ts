import { SkerryError } from '../errors/skerry-error.js';
import type { StoredChange, StoredEntry } from './driver.js';
import type { StoreChange, StoreEntry } from './entry.js';
import { decodeValue } from './values.js';

/** An entry as a store with this prefix shows it. Throws `SKERRY_CODEC_DECODE_FAILED` for a value that no store has written. */
export function readEntry<T>(prefix: string, { key, value, version, expiresInMs }: StoredEntry): StoreEntry<T> {
  return {
    key: key.slice(prefix.length),
    value: decodeValue(key, value) as T,
    version,
    ...(expiresInMs === undefined ? {} : { expiresInMs }),
  };
}

/** A change as a store with this prefix tells it. One value that cannot be read does not end the watch of all others. */
export function readChange<T>(prefix: string, change: StoredChange): StoreChange<T> {
  if (change.type === 'resync') return change;
  if (change.type !== 'put') return { type: change.type, key: change.key.slice(prefix.length) };
  const key = change.entry.key.slice(prefix.length);
  try {
    return { type: 'put', key, entry: readEntry<T>(prefix, change.entry) };
  } catch (error) {
    return { type: 'invalid', key, error: SkerryError.from(error) };
  }
}
