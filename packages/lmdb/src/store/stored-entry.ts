import type { StoredEntry } from '@skerry/core';
import { decodeEntry } from './layout.js';

/** What the file has under a key, as the driver gives it; `undefined` for what is absent or has expired. */
export function storedEntry(key: string, bytes: Buffer | undefined, now: number): StoredEntry | undefined {
  if (!bytes) return undefined;
  const { version, expiresAt, value } = decodeEntry(bytes);
  if (expiresAt <= now) return undefined;
  return { key, value, version: String(version), ...(expiresAt < Infinity ? { expiresInMs: expiresAt - now } : {}) };
}
