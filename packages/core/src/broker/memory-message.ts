import type { BrokerMessage } from './driver.js';

/** What the engine keeps of a published message. The queues that took it share it; nobody outside ever sees it. */
export interface StoredMessage {
  readonly message: BrokerMessage;
  /** What it counts for in each queue. */
  readonly bytes: number;
  /** By the engine's clock. In the past for a message without a delay. */
  readonly dueAt: number;
  /** By the engine's clock. Infinity for a message that does not expire. */
  readonly expiresAt: number;
}

// About what the objects around a body take.
const overheadBytes = 256;

/** A message as the engine keeps it, published `now`. */
export function stored(original: BrokerMessage, now: number): StoredMessage {
  const message = copyOf(original);
  const texts = [message.id, message.topic, message.key ?? '', ...Object.entries(message.headers).flat()];
  return {
    message,
    bytes: overheadBytes + message.body.byteLength + 2 * texts.reduce((sum, text) => sum + text.length, 0),
    dueAt: now + (message.delayMs ?? 0),
    expiresAt: now + (message.expireMs ?? Infinity),
  };
}

/** Shares no memory with the original: what one side does to its bytes, the other does not see. */
export function copyOf(message: BrokerMessage): BrokerMessage {
  return Object.freeze({
    ...message,
    body: new Uint8Array(message.body),
    headers: Object.freeze({ ...message.headers }),
  });
}
