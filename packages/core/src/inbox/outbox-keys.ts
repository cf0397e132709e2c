import { createHash } from 'node:crypto';
import { isPattern } from '../broker/topic.js';

// What is in the store, below the namespace of the inbox. Keys of the store hold 512 bytes, with all namespaces.
const longestChars = 100;

/** What waits in one line: for a queue, or for the one node of a broadcast. */
export function lineName({ queue, node }: { readonly queue: string; readonly node?: string }): string {
  // No queue has a tilde in its name.
  return node === undefined ? queue : `~${node}`;
}

/** The part of a key that stands for a line; another one for each. */
export function lineKey(of: { readonly queue: string; readonly node?: string }): string {
  return short(lineName(of));
}

/** A queue that is known to take a topic, or a pattern's. */
export function knownKey(on: string, queue: string): string {
  return isPattern(on) ? `${knownPatterns}${short(on)}/${short(queue)}` : `${knownPrefix(on)}${short(queue)}`;
}

export function knownPrefix(topic: string): string {
  return `known/${short(topic)}/`;
}

export const knownPatterns = 'known/*/';

/** The message itself, once for all queues. */
export function bodyKey(seq: string): string {
  return `bodies/${seq}`;
}

/** One message in one queue. */
export function entryKey(queue: string, seq: string): string {
  return `entries/${queue}/${seq}`;
}

export const entryPrefix = 'entries/';

/** Of the entries of one line. @param line As {@link lineName} has it. */
export function linePrefix(line: string): string {
  return `${entryPrefix}${short(line)}/`;
}

/** What tells this store from others. */
export const storeIdKey = 'id';

/**
 * There while nobody may deliver the entry: somebody does, or it waits for its time. It disappears by itself, when the time or the
 * deliverer is over; so the store's clock decides, whoever has been restarted.
 */
export function holdKey(queue: string, seq: string): string {
  return `holds/${queue}/${seq}`;
}

export const holdPrefix = 'holds/';

export function deadKey(queue: string, id: string): string {
  return `${deadPrefix(queue)}${id}`;
}

export function deadPrefix(queue?: string): string {
  return queue === undefined ? 'dead/' : `dead/${short(queue)}/`;
}

/** A registry's service for those that subscribe to one topic, and one for all that subscribe to patterns. */
export function registryName(on: string): string {
  return `skerry.inbox/${isPattern(on) ? '*' : short(on)}`;
}

function short(name: string): string {
  if (name.length <= longestChars) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 32);
  // No name of a topic or a queue has a tilde.
  return `${name.slice(0, longestChars - 33)}~${digest}`;
}
