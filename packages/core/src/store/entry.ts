import type { SkerryError } from '../errors/skerry-error.js';

/** A value as it is kept under a key. */
export interface StoreEntry<T = unknown> {
  readonly key: string;
  readonly value: T;
  /** Changes with every write and is never used again for this key. Opaque: compare it for equality, and pass it as `ifVersion`. */
  readonly version: string;
  /** How long it had to live when it was read; absent when it lives until it is deleted. */
  readonly expiresInMs?: number;
}

export interface StoreCallOptions {
  /** Stops waiting. A write that was under way may happen all the same. */
  readonly signal?: AbortSignal;
}

export interface StorePutOptions extends StoreCallOptions {
  /** How long the entry lives, in ms, at most ten years. Default: until it is deleted, whatever the one before it had. */
  readonly ttlMs?: number;
  /** Write only if the entry still has this version. */
  readonly ifVersion?: string;
  /** Write only if there is no such entry. */
  readonly ifAbsent?: boolean;
}

export interface StoreUpdateOptions extends StoreCallOptions {
  /** How long the entry lives from now on, in ms. Default: as long as it had to live still. */
  readonly ttlMs?: number;
}

export interface StoreDeleteOptions extends StoreCallOptions {
  /** Delete only if the entry still has this version. */
  readonly ifVersion?: string;
}

export interface StoreListOptions extends StoreCallOptions {
  /** Default: all keys of this store. */
  readonly prefix?: string;
  /** The most entries of a page, 1 to 1,000. Default 100. */
  readonly limit?: number;
  /** Where the page before ended: its {@link StorePage.cursor}, with the same `prefix`. */
  readonly cursor?: string;
}

export interface StorePage<T = unknown> {
  /** Ordered by the bytes of their keys. May be fewer than asked for, also when there are more. */
  readonly entries: readonly StoreEntry<T>[];
  /** For the next page; absent after the last one. */
  readonly cursor?: string;
}

/** One write of a batch. */
export type StoreBatchWrite<T = unknown> =
  | ({ readonly type: 'put'; readonly key: string; readonly value: T } & Omit<StorePutOptions, 'signal'>)
  | ({ readonly type: 'delete'; readonly key: string } & Omit<StoreDeleteOptions, 'signal'>);

/** What happened to a key since it was last told. */
export type StoreChange<T = unknown> =
  | { readonly type: 'put'; readonly key: string; readonly entry: StoreEntry<T> }
  | { readonly type: 'delete' | 'expired'; readonly key: string }
  /** Written, with a value that cannot be read, or that its class does not allow. */
  | { readonly type: 'invalid'; readonly key: string; readonly error: SkerryError }
  /** Changes were missed, of which keys is not known: list again. */
  | { readonly type: 'resync' };
