import { SkerryError } from '../errors/skerry-error.js';

/**
 * A condition that does not hold.
 *
 * @param expected The version that the entry should have; absent: there should be none.
 */
export function conflict(key: string, expected: string | undefined, found: string | undefined): SkerryError {
  const reason =
    expected === undefined
      ? `there is an entry, of version ${found}`
      : `version ${expected} is expected, and ${found === undefined ? 'there is no entry' : `it has version ${found}`}`;
  return new SkerryError('SKERRY_STORE_CONFLICT', `cannot write ${key}: ${reason}; read it again, and decide anew`, {
    details: { key, expected: expected ?? null, found: found ?? null },
  });
}

export function tooLarge(what: string, engine: string, bytes: number, limit: number): SkerryError {
  return new SkerryError(
    'SKERRY_STORE_VALUE_TOO_LARGE',
    `cannot write ${what}: ${bytes} bytes, and the ${engine} store takes ${limit}; divide it, or keep it elsewhere and its address here`,
    { details: { bytes, limit } },
  );
}

export function closed(what: string): SkerryError {
  return new SkerryError('SKERRY_APP_STATE', `cannot ${what}: the store is closed`);
}
