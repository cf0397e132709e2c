import { SkerryError } from '../errors/skerry-error.js';

/** What becomes of a message for which there is no room. */
export type WhenFull = 'block' | 'reject' | 'dropOldest';

export interface InboxOptions {
  /** How long a message is kept that says nothing itself, in ms: for a queue without a node, or that fails. Default 24 h. */
  readonly expireMs?: number;
  /** Messages that may wait in this application, each counted in every queue that it is for. Default 100,000. */
  readonly maxQueuedMessages?: number;
  /** As {@link maxQueuedMessages}, in bytes of their bodies. Default 256 MiB. */
  readonly maxQueuedBytes?: number;
  /**
   * `reject` fails what is published, with a retryable `SKERRY_BROKER_FULL`; `block` lets it wait for room, until its own
   * deadline; `dropOldest` makes room, and tells what was dropped as an event. Default `reject`.
   */
  readonly whenFull?: WhenFull;
  /** How long a queue is remembered that has no node, in ms: so long it collects messages. Default 7 days. */
  readonly forgetQueueMs?: number;
  /** Queues that collect messages before any node of theirs was ever seen. Default: none. */
  readonly expected?: readonly ExpectedQueue[];
  /**
   * Says that all messages of one key are published by one process at a time. Then, and only then, their order can be kept, and the
   * inbox declares the capability `ordered`. Default `false`.
   */
  readonly onePublisherPerKey?: boolean;
  /** How long a delivery may stay without an answer from a node that lives, in ms; then it is made again. Default 1 h. */
  readonly deliveryTimeoutMs?: number;
  /** How long what this process is delivering stays its own when it dies, in ms. Default 30,000. */
  readonly leaseMs?: number;
  /** How often it is looked for what other processes have left in the store that is shared with them, in ms. Default 30,000. */
  readonly resyncMs?: number;
}

export interface ExpectedQueue {
  readonly topic: string;
  /** As `@Subscribe` names it. */
  readonly queue: string;
  /** It asks for `orderBy: 'key'`. Default `false`. */
  readonly ordered?: boolean;
}

export type ResolvedInboxOptions = Required<InboxOptions>;

const dayMs = 86_400_000;

const defaults: ResolvedInboxOptions = {
  expireMs: dayMs,
  maxQueuedMessages: 100_000,
  maxQueuedBytes: 256 * 1024 * 1024,
  whenFull: 'reject',
  forgetQueueMs: 7 * dayMs,
  expected: [],
  onePublisherPerKey: false,
  deliveryTimeoutMs: 3_600_000,
  leaseMs: 30_000,
  resyncMs: 30_000,
};

const policies: readonly string[] = ['block', 'reject', 'dropOldest'] satisfies WhenFull[];

/** The options with their defaults; throws `SKERRY_OPTION_INVALID` for what cannot work. */
export function resolveInboxOptions(given: InboxOptions): ResolvedInboxOptions {
  const options = { ...defaults, ...given };
  for (const name of ['expireMs', 'forgetQueueMs', 'deliveryTimeoutMs', 'leaseMs', 'resyncMs'] as const) {
    const value = options[name];
    if (!(value >= 1 && value < 2 ** 31))
      throw invalid(`${name} is ${value}; give milliseconds, 1 or more, less than 2^31`);
  }
  for (const name of ['maxQueuedMessages', 'maxQueuedBytes'] as const) {
    const value = options[name];
    if (!(Number.isInteger(value) && value > 0)) throw invalid(`${name} is ${value}; give a whole number, 1 or more`);
  }
  if (!policies.includes(options.whenFull)) {
    throw invalid(`whenFull is '${String(options.whenFull)}'; it can be ${policies.join(', ')}`);
  }
  return options;
}

function invalid(message: string): SkerryError {
  return new SkerryError('SKERRY_OPTION_INVALID', `The inbox cannot be configured so: ${message}.`);
}
