import type { Clock } from '../clock/clock.js';
import type { SkerryError } from '../errors/skerry-error.js';
import { encodePing } from './frames.js';
import type { Outbox } from './outbox.js';
import { frameType, maxU32 } from './protocol.js';

interface Waiting {
  readonly sentAt: number;
  readonly signal: AbortSignal;
  readonly aborted: () => void;
  readonly resolve: (roundTripMs: number) => void;
  readonly reject: (error: unknown) => void;
}

/** The pings of a connection that have no answer yet, and answers to the peer's. */
export class Pings {
  private readonly waiting = new Map<number, Waiting>();
  private nonce = 0;

  constructor(
    private readonly clock: Clock,
    private readonly outbox: Outbox,
  ) {}

  get size(): number {
    return this.waiting.size;
  }

  send(signal: AbortSignal): Promise<number> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      // 0 is for those that nobody waits for.
      this.nonce = this.nonce === maxU32 ? 1 : this.nonce + 1;
      const { nonce } = this;
      const aborted = (): void => this.take(nonce)?.reject(signal.reason);
      signal.addEventListener('abort', aborted, { once: true });
      this.waiting.set(nonce, { sentAt: this.clock.now(), signal, aborted, resolve, reject });
      this.outbox.send(encodePing(frameType.ping, nonce));
    });
  }

  /** Asks without waiting for the answer. */
  knock(): void {
    this.outbox.send(encodePing(frameType.ping, 0));
  }

  /** Takes a PING or PONG frame. A string is what is wrong with it. */
  received(bytes: Buffer): string | undefined {
    if (bytes.length !== 5) return 'its PING or PONG is malformed';
    const nonce = bytes.readUInt32BE(1);
    if (bytes[0] === frameType.pong) {
      // One that nobody waits for any more is nothing.
      const waiting = this.take(nonce);
      waiting?.resolve(this.clock.now() - waiting.sentAt);
    } else if (!this.outbox.congested) {
      // A peer that asks and does not read is not worth its answers.
      this.outbox.send(encodePing(frameType.pong, nonce));
    }
    return undefined;
  }

  fail(error: SkerryError): void {
    for (const nonce of [...this.waiting.keys()]) this.take(nonce)?.reject(error);
  }

  private take(nonce: number): Waiting | undefined {
    const waiting = this.waiting.get(nonce);
    this.waiting.delete(nonce);
    waiting?.signal.removeEventListener('abort', waiting.aborted);
    return waiting;
  }
}
