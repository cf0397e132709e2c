import type { SkerryError } from '../errors/skerry-error.js';
import type { NodeRecord } from './node-record.js';
import type { RegistrationState } from './registration-state.js';

/**
 * What happened in the registry, as data. A state that lasts is told when it begins and when it ends, not in between.
 */
export type RegistryEvent =
  /** The engine shows the node: for the first time, or again after it failed or lost it. */
  | { readonly type: 'registered'; readonly node: NodeRecord; readonly tookMs: number }
  /** Each step of a registration, from its first to `gone`. */
  | {
      readonly type: 'registration-changed';
      readonly node: NodeRecord;
      readonly from: RegistrationState;
      readonly to: RegistrationState;
    }
  /** The node is not to be found for now: its record is removed, or not written in the first place. */
  | { readonly type: 'registration-withheld'; readonly node: NodeRecord; readonly reason: string }
  /** The node may be found again; `registered` follows. */
  | { readonly type: 'registration-admitted'; readonly node: NodeRecord }
  /**
   * Registering or refreshing fails, or removing a node that is withheld; it is tried until it works, then `registered` or
   * `deregistered` follows.
   */
  | { readonly type: 'registration-failing'; readonly node: NodeRecord; readonly error: SkerryError }
  /**
   * The engine no longer had the node, or (`foundEpoch`) someone else registered the same id above it. It is registered
   * again under a higher epoch.
   */
  | { readonly type: 'registration-lost'; readonly node: NodeRecord; readonly foundEpoch?: number }
  | { readonly type: 'deregistered'; readonly node: NodeRecord }
  /** The record stays until its TTL is over. */
  | { readonly type: 'deregistration-failed'; readonly node: NodeRecord; readonly error: SkerryError }
  | ({ readonly type: 'service-changed'; readonly service: string } & NodeChanges)
  /** The engine cannot be asked about a service; the `kept` last known nodes stay in use. */
  | { readonly type: 'service-failing'; readonly service: string; readonly kept: number; readonly error: SkerryError }
  | { readonly type: 'service-recovered'; readonly service: string; readonly tookMs: number }
  /** The engine has failed for so long that the last known nodes are given up. */
  | { readonly type: 'service-stale'; readonly service: string; readonly dropped: number; readonly afterMs: number }
  /** Changes are no longer pushed; they are found by listing until the watch holds again. */
  | { readonly type: 'watch-lost'; readonly service: string; readonly error: SkerryError }
  /** The engine holds records that are none. They are left out; told again when their number changes. */
  | { readonly type: 'records-malformed'; readonly service: string; readonly count: number; readonly problem: string }
  /** A listener of a service view threw. */
  | { readonly type: 'listener-failed'; readonly service: string; readonly error: unknown };

/** How a list of nodes differs from the one before. */
export interface NodeChanges {
  readonly joined: readonly NodeRecord[];
  /** As they are now. */
  readonly updated: readonly NodeRecord[];
  readonly left: readonly NodeRecord[];
}

/** Called in the turn in which it happens. What it throws is dropped. */
export type RegistryEvents = (event: RegistryEvent) => void;
