import { message } from '../pairs/contender.js';

/** One store, open. Versions are its own. */
export interface Opened {
  get(key: string): Promise<unknown>;
  put(key: string, value: unknown): Promise<unknown>;
  /** The version that the entry has now. */
  version(key: string): Promise<unknown>;
  /** Writes if the entry has that version, and gives the new one; rejects otherwise. */
  putIfVersion(key: string, value: unknown, version: unknown): Promise<unknown>;
  /** The values of at most so many entries. */
  list(prefix: string, limit: number): Promise<readonly unknown[]>;
  /** All in one step. */
  batch(keys: readonly string[], value: unknown): Promise<unknown>;
}

export interface StoreContender {
  /** @param folder For its files, if it has any. */
  open(folder: string): Promise<Opened>;
}

/** Each with what runs at once: alone, an operation shows its latency; many at once share a flush of the disk. */
export const operations = {
  get: 1,
  put: 1,
  'put, many': 64,
  'put ifVersion, many': 64,
  list: 1,
  batch: 1,
} as const;

export type Operation = keyof typeof operations;

export const value = message;
export const pageLength = 100;
export const batchLength = 100;
const pages = 100;

/** A key of five digits: those that share the first three make a page. */
export function orderKey(index: number): string {
  return `orders/${String(index % (pages * pageLength)).padStart(5, '0')}`;
}

export function pagePrefix(index: number): string {
  return `orders/${String(index % pages).padStart(3, '0')}`;
}

/** All that is there to begin with. */
export const allKeys: readonly string[] = Array.from({ length: pages * pageLength }, (_, index) => orderKey(index));
