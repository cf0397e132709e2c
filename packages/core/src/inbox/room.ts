import { SkerryError } from '../errors/skerry-error.js';
import type { InboxEvents } from './inbox-events.js';
import type { ResolvedInboxOptions } from './inbox-options.js';

type Bounds = Pick<ResolvedInboxOptions, 'maxQueuedMessages' | 'maxQueuedBytes' | 'whenFull'>;

const mostTries = 10;

interface Waiting {
  readonly messages: number;
  readonly bytes: number;
  readonly admit: () => void;
}

/** Counts what waits, and decides what becomes of more where there is no room for it. */
export class Room {
  private messages = 0;
  private bytes = 0;
  private readonly line: Waiting[] = [];
  private told = false;

  /** @param dropOldest Makes room for so much, as far as there is anything to drop; only for that policy. */
  constructor(
    private readonly bounds: Bounds,
    private readonly events: InboxEvents,
    private readonly dropOldest: (messages: number, bytes: number) => Promise<void>,
  ) {}

  get used(): { readonly messages: number; readonly bytes: number } {
    const { messages, bytes } = this;
    return { messages, bytes };
  }

  /** Counts what is there anyway. */
  add(messages: number, bytes: number): void {
    this.messages += messages;
    this.bytes += bytes;
  }

  /**
   * Resolves when there is room for so much, which is taken then. Rejects with `SKERRY_BROKER_FULL`, or the reason of the signal
   * while it waits for room.
   */
  async take(messages: number, bytes: number, signal: AbortSignal): Promise<void> {
    const { maxQueuedMessages, maxQueuedBytes, whenFull } = this.bounds;
    if (messages > maxQueuedMessages || bytes > maxQueuedBytes) throw this.full(messages, bytes, false);
    if (this.fits(messages, bytes) && this.line.length === 0) {
      this.add(messages, bytes);
      return;
    }
    this.tell();
    if (whenFull === 'block') return this.wait(messages, bytes, signal);
    if (whenFull === 'dropOldest') {
      // Others publish meanwhile, and may take what was freed.
      for (let tries = 0; tries < mostTries && !this.fits(messages, bytes); tries++) {
        await this.dropOldest(this.messages + messages - maxQueuedMessages, this.bytes + bytes - maxQueuedBytes);
      }
    }
    // What is being delivered is not dropped.
    if (!this.fits(messages, bytes)) throw this.full(messages, bytes, true);
    this.add(messages, bytes);
  }

  free(messages: number, bytes: number): void {
    this.add(-messages, -bytes);
    const { maxQueuedMessages, maxQueuedBytes } = this.bounds;
    // Told again only after a while without trouble: not for each message that a full inbox still takes.
    if (this.messages < maxQueuedMessages * 0.9 && this.bytes < maxQueuedBytes * 0.9) this.told = false;
    for (let first = this.line[0]; first && this.fits(first.messages, first.bytes); first = this.line[0]) {
      this.line.shift();
      this.add(first.messages, first.bytes);
      first.admit();
    }
  }

  private fits(messages: number, bytes: number): boolean {
    const { maxQueuedMessages, maxQueuedBytes } = this.bounds;
    return this.messages + messages <= maxQueuedMessages && this.bytes + bytes <= maxQueuedBytes;
  }

  private wait(messages: number, bytes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.line.splice(this.line.indexOf(waiting), 1);
        reject(signal.reason as Error);
        // Whoever stands behind may need less.
        this.free(0, 0);
      };
      const admit = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const waiting = { messages, bytes, admit };
      signal.addEventListener('abort', leave, { once: true });
      this.line.push(waiting);
    });
  }

  private tell(): void {
    if (this.told) return;
    this.told = true;
    this.events({ type: 'inbox-full', policy: this.bounds.whenFull, ...this.used });
  }

  private full(messages: number, bytes: number, retryable: boolean): SkerryError {
    const { maxQueuedMessages, maxQueuedBytes } = this.bounds;
    const message =
      `the inbox has no room for ${messages} messages of ${bytes} bytes: ${this.messages} of ${maxQueuedMessages} messages and ` +
      `${this.bytes} of ${maxQueuedBytes} bytes wait for their queues; ` +
      (retryable ? 'see to it that they are handled, or raise the bound' : 'publish fewer at once, or raise the bound');
    const details = { messages: this.messages, bytes: this.bytes, maxQueuedMessages, maxQueuedBytes };
    return new SkerryError('SKERRY_BROKER_FULL', message, { retryable, details });
  }
}
