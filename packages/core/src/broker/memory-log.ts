import type { StoredMessage } from './memory-message.js';

const mostMessages = 1_000;
const mostBytes = 16 * 1024 * 1024;

/** The past, for queues that begin with it: the last 1,000 messages of all topics together, and at most 16 MiB of them. */
export class MemoryLog {
  private readonly messages: StoredMessage[] = [];
  private bytes = 0;

  add(message: StoredMessage): void {
    this.messages.push(message);
    this.bytes += message.bytes;
    while (this.messages.length > mostMessages || this.bytes > mostBytes) this.bytes -= this.messages.shift()!.bytes;
  }

  /** The oldest first; without those that have expired by `now`. */
  of(matches: (topic: string) => boolean, now: number): readonly StoredMessage[] {
    return this.messages.filter(({ message, expiresAt }) => expiresAt > now && matches(message.topic));
  }
}
