import { SkerryError } from '../errors/skerry-error.js';

const mostBytes = 512;
// Control characters break terminals and logs; half a surrogate pair has no UTF-8 and would become another key.
const unusable = /[\p{Cc}\p{Cs}]/u;
const beyondAscii = /[\u0080-\uffff]/;
const shownChars = 60;

/** Throws `SKERRY_STORE_KEY_INVALID` for what cannot be a key, as it reaches the engine: with its namespace. */
export function checkKey(key: string): void {
  if (typeof key !== 'string') throw invalid(key, `is a ${typeof key}; keys are strings`);
  if (key === '') throw invalid(key, 'is empty');
  checkPrefix(key);
}

/** As {@link checkKey}; may be empty. */
export function checkPrefix(prefix: string): void {
  if (typeof prefix !== 'string') throw invalid(prefix, `is a ${typeof prefix}; keys are strings`);
  if (unusable.test(prefix)) throw invalid(prefix, 'has a control character, or half of a surrogate pair');
  const bytes = Buffer.byteLength(prefix);
  if (bytes > mostBytes)
    throw invalid(prefix, `is ${bytes} bytes with its namespace, and keys are ${mostBytes} at most`);
}

/** The beginning of all keys of a namespace. Different names have different ones, of which none begins with another. */
export function namespacePrefix(name: string): string {
  if (typeof name !== 'string' || name === '') throw invalid(name, 'is no name for a namespace');
  const prefix = `${name.replaceAll('%', '%25').replaceAll('/', '%2F')}/`;
  checkPrefix(prefix);
  return prefix;
}

/** A key as text whose usual order is that of the key's bytes in UTF-8. */
export function byteOrder(key: string): string {
  // The order of UTF-16 is another one: its surrogates stand before the end of the basic plane.
  return beyondAscii.test(key) ? Buffer.from(key).toString('latin1') : key;
}

function invalid(key: unknown, why: string): SkerryError {
  const text = JSON.stringify(key) ?? typeof key;
  const shown = text.length > shownChars ? `${text.slice(0, shownChars)}...` : text;
  return new SkerryError('SKERRY_STORE_KEY_INVALID', `cannot use the key ${shown}: it ${why}`);
}
