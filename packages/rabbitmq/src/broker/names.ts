/** What in the server belongs to one exchange, or to one queue. */
export const names = {
  /** Where messages go that are to wait before they are published: it sends each to the queue of its delay. */
  waiting: (exchange: string): string => `${exchange}.wait`,
  waitQueue: (exchange: string, delayMs: number): string => `${exchange}.wait.${delayMs}`,
  /** Where messages of one queue wait until they are delivered again. */
  retryQueue: (queue: string, delayMs: number): string => `${queue}.retry.${delayMs}`,
  deadLetters: (queue: string): string => `${queue}.dead`,
  /** Holds the names of queues that may have dead letters: the protocol has no other way to list any. */
  deadLetterIndex: (exchange: string): string => `${exchange}.dead-letter-queues`,
} as const;

/** Queues that live on the disks of most servers of a cluster, and count the deliveries of each message. */
export const quorum = {
  'x-queue-type': 'quorum',
  // How often something may be delivered is for the subscription to say. From 4.0 the server's own limit is 20, and what
  // exceeds it is dropped: also what was only looked at.
  'x-delivery-limit': 1_000_000,
} as const;
