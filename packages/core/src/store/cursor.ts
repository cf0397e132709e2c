import { SkerryError } from '../errors/skerry-error.js';

/** Where a page ended: after this key, of this store. Opaque to whoever carries it, and safe in a URL. */
export function cursorAfter(key: string): string {
  return Buffer.from(key).toString('base64url');
}

/** The key that a cursor stands for. Throws `SKERRY_OPTION_INVALID` when it is of no list with this prefix. */
export function keyOfCursor(cursor: string, prefix: string): string {
  const key = Buffer.from(cursor, 'base64url').toString();
  if (key !== '' && key.startsWith(prefix) && cursorAfter(key) === cursor) return key;
  throw new SkerryError(
    'SKERRY_OPTION_INVALID',
    `cannot list ${prefix || 'all keys'} from this cursor: it is of another list; pass the one of the page before`,
  );
}
