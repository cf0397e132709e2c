import type { Timer } from '../clock/clock.js';
import type { StoreEntry } from '../store/entry.js';
import type { PackedMessage } from './packed-message.js';

/** A queue that is to get a message. */
export interface Target {
  readonly queue: string;
  /** The topic or pattern by which it takes the message: where its nodes are found. */
  readonly on: string;
  /** Of a broadcast: its one node, with which it goes. */
  readonly node?: string;
  /** Messages of one key are to keep their order. */
  readonly ordered: boolean;
}

/** What the store keeps of a message, once. */
export interface BodyRecord {
  readonly message: PackedMessage;
  /** All lines that were to get it. */
  readonly queues: readonly string[];
}

/** One message in one queue, as the store keeps it: small, for it is written anew with each delivery. */
export interface EntryRecord extends Omit<Target, 'ordered'> {
  /** Deliveries that were begun. */
  readonly attempt: number;
  /** Where its order matters. */
  readonly key?: string;
  readonly bytes: number;
  /** Its publisher has said how long it may wait; what has no time of its own gets more when it is put off. */
  readonly expires: boolean;
}

/** An {@link EntryRecord} in the hands of this process. */
export class OutboxEntry {
  /** In its line: the lowest is next. */
  place = 0;
  attempt: number;
  /** Of the record in the store. */
  version: string;
  /** Of the hold that this process has on it. */
  hold: string | undefined;
  /** The lease is being renewed: {@link hold} changes by that. */
  renewing: Promise<void> | undefined;
  /** Times that its node was lost with it, one after the other. */
  losses = 0;
  /** Until it may join the line. */
  wait: Timer | undefined;
  /** It is being delivered. */
  flying = false;

  constructor(
    /** Grows from publish to publish. */
    readonly seq: string,
    readonly record: EntryRecord,
    version: string,
    /** By the clock. */
    public expiresAt: number,
  ) {
    this.attempt = record.attempt;
    this.version = version;
  }

  /** @param now By the clock. */
  static from(found: StoreEntry<EntryRecord>, now: number): OutboxEntry {
    const seq = found.key.slice(found.key.lastIndexOf('/') + 1);
    return new OutboxEntry(seq, found.value, found.version, now + (found.expiresInMs ?? Infinity));
  }

  isOver(now: number): boolean {
    return this.expiresAt <= now;
  }
}

/** An entry, and for how long nobody may deliver it, in ms. */
export interface HeldEntry {
  readonly entry: OutboxEntry;
  readonly heldForMs: number;
}
