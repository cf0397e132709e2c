import type { BrokerCapabilities } from '../broker/driver.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { Store } from '../store/store.js';
import type { ResolvedInboxOptions } from './inbox-options.js';

// What surrounds a body: headers, and room for JSON's escapes.
const overheadBytes = 256 * 1024;
const mostMessageBytes = 2 * 1024 * 1024;

/** What an inbox can do with a store. Throws `SKERRY_BROKER_UNSUPPORTED` for one that lacks what it needs. */
export function capabilitiesWith(
  { capabilities, engine }: Pick<Store, 'capabilities' | 'engine'>,
  { onePublisherPerKey }: Pick<ResolvedInboxOptions, 'onePublisherPerKey'>,
): BrokerCapabilities {
  const { ttl, maxBatchWrites, durable, maxValueBytes } = capabilities;
  if (!ttl || maxBatchWrites < 4) {
    throw new SkerryError(
      'SKERRY_BROKER_UNSUPPORTED',
      `the inbox needs a store with times to live and batches, and the ${engine} store has not both`,
      { details: { engine, capability: ttl ? 'batch' : 'ttl' } },
    );
  }
  return Object.freeze({
    durable: durable === 'memory' ? 'none' : 'publisher',
    queues: true,
    broadcast: true,
    // The longest that a timer can wait: 24 days.
    maxDelayMs: 2 ** 31 - 1,
    attempts: true,
    deadLetter: true,
    ordered: onePublisherPerKey,
    patterns: true,
    replay: false,
    mandatory: true,
    expiry: true,
    // In base64, with all else, it fits into a value of the store and into a call.
    maxMessageBytes: Math.min(mostMessageBytes, Math.floor((maxValueBytes - overheadBytes) * 0.75)),
  });
}
