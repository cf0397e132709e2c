import type { DeadLetter, Failure } from './driver.js';
import { copyOf, type StoredMessage } from './memory-message.js';

interface Kept {
  readonly stored: StoredMessage;
  readonly failure: Failure;
}

const most = 1_000;

/** What one queue has kept aside: the last 1,000; for each one more, the oldest goes. Their bytes count for the engine. */
export class MemoryDeadLetters {
  // In the order of their coming.
  private readonly letters = new Map<string, Kept>();
  private last = 0;

  /** @param freed Told the bytes of those that the engine no longer keeps. */
  constructor(private readonly freed: (bytes: number) => void) {}

  get count(): number {
    return this.letters.size;
  }

  add(stored: StoredMessage, failure: Failure): void {
    this.letters.set(String(++this.last), { stored, failure: Object.freeze({ ...failure }) });
    const [oldest] = this.letters.keys();
    if (this.letters.size > most && oldest !== undefined) this.drop(oldest);
  }

  list(limit: number): readonly DeadLetter[] {
    return [...this.letters]
      .slice(0, Math.max(0, limit))
      .map(([id, { stored, failure }]) => ({ id, message: copyOf(stored.message), failure }));
  }

  /** Takes it out; its bytes still count, for whoever has it now. */
  take(id: string): StoredMessage | undefined {
    const kept = this.letters.get(id);
    this.letters.delete(id);
    return kept?.stored;
  }

  /** Whether it was there. */
  drop(id: string): boolean {
    const stored = this.take(id);
    if (stored) this.freed(stored.bytes);
    return stored !== undefined;
  }

  clear(): void {
    for (const id of [...this.letters.keys()]) this.drop(id);
  }
}
