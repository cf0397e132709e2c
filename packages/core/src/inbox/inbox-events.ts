import type { SkerryError } from '../errors/skerry-error.js';
import type { WhenFull } from './inbox-options.js';

/** What happened to messages that wait here for their queues, as data. Nothing that was taken goes without a word. */
export type InboxEvent =
  /** There is no room for what is published. Told when it begins, and again when there was room meanwhile. */
  | { readonly type: 'inbox-full'; readonly policy: WhenFull; readonly messages: number; readonly bytes: number }
  /**
   * Messages of a queue are gone: to make room for younger ones (`full`), because nobody could be reached in the time that the inbox
   * keeps them (`expired`; not told for those that were published with a time of their own), or dead letters beyond those
   * that are kept (`dead-letters`).
   */
  | {
      readonly type: 'inbox-dropped';
      readonly queue: string;
      readonly messages: number;
      readonly why: 'full' | 'expired' | 'dead-letters';
    }
  /** A publisher did not say that it knows of a queue that has begun: what it publishes until it does may not reach that. */
  | { readonly type: 'inbox-unheard'; readonly queue: string; readonly node: string; readonly error: SkerryError }
  /** The store fails: nothing is delivered until it works, then `inbox-recovered` follows. */
  | { readonly type: 'inbox-failing'; readonly error: SkerryError }
  | { readonly type: 'inbox-recovered' };

/** Called in the turn in which it happens. What it throws is dropped. */
export type InboxEvents = (event: InboxEvent) => void;
