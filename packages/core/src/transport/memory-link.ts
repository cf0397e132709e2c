import type { Clock } from '../clock/clock.js';
import type { Peer, PeerIdentity } from '../context/peer.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { Link, LinkEvents, TransportLimits } from './driver.js';
import { closeStalled, frameTooLarge, peerStalled, tookNothing } from './link-errors.js';
import { Patience } from './patience.js';

/** What a frame costs beyond its bytes, as on TCP: limits mean the same on both. */
const lengthBytes = 4;

/** One end of a link within the process. Frames are copied, so that nobody sees a sender change its mind. */
export class MemoryLink implements Link {
  readonly peer: string;
  bufferedBytes = 0;
  private other!: MemoryLink;
  private queue: Buffer[] = [];
  /** How many of the queue were delivered. */
  private delivered = 0;
  private events: LinkEvents | undefined;
  private paused = false;
  private delivering = false;
  private full = false;
  /** `closing`: this side sends what it has, and drops what it receives. `gone`: `closed` was or is about to be reported. */
  private state: 'open' | 'closing' | 'gone' = 'open';
  private failure: SkerryError | undefined;
  /** For the peer to take something of what is queued. */
  private readonly stall: Patience;
  /** For the end. */
  private readonly ending: Patience;

  private constructor(
    readonly remote: Peer,
    clock: Clock,
    private readonly limits: TransportLimits,
  ) {
    this.peer = remote.address;
    const { peer } = this;
    const { stallTimeoutMs, closeTimeoutMs } = limits;
    this.stall = new Patience(clock, stallTimeoutMs, () => this.destroy(tookNothing(peer, stallTimeoutMs)));
    this.ending = new Patience(clock, closeTimeoutMs, () =>
      this.destroy(closeStalled(peer, closeTimeoutMs, this.bufferedBytes)),
    );
  }

  /** Two ends that are joined: what one sends, the other receives. */
  static pair(here: MemoryLinkEnd, there: MemoryLinkEnd): [MemoryLink, MemoryLink] {
    const one = new MemoryLink(seen(there), here.clock, here.limits);
    const two = new MemoryLink(seen(here), there.clock, there.limits);
    one.other = two;
    two.other = one;
    return [one, two];
  }

  start(events: LinkEvents): void {
    this.events = events;
    if (this.state === 'gone') this.reportClosed();
    else this.other.deliverSoon();
  }

  send(frame: Uint8Array): boolean {
    if (this.state !== 'open') return true;
    const { maxFrameBytes, maxBufferedBytes, highWaterBytes } = this.limits;
    if (frame.length > maxFrameBytes) {
      this.destroy(frameTooLarge('send', frame.length, maxFrameBytes, 'to', this.peer));
      return true;
    }
    this.queue.push(Buffer.from(frame));
    this.bufferedBytes += lengthBytes + frame.length;
    if (this.bufferedBytes >= maxBufferedBytes) {
      this.destroy(peerStalled(this.peer, `${this.bufferedBytes} bytes wait for it, at most ${maxBufferedBytes} may`));
      return true;
    }
    this.deliverSoon();
    if (this.bufferedBytes < highWaterBytes) return true;
    this.full = true;
    return false;
  }

  pause(): void {
    if (this.state === 'open') this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.other.deliverSoon();
  }

  close(): void {
    if (this.state !== 'open') return;
    this.state = 'closing';
    this.ending.begin();
    this.resume();
    this.deliverSoon();
  }

  destroy(error?: SkerryError): void {
    if (this.state === 'gone') return;
    this.end(error);
    this.other.end(
      new SkerryError('SKERRY_RPC_CONNECTION_LOST', `the connection to ${this.other.peer} broke: reset by peer`),
    );
  }

  private deliverSoon(): void {
    if (this.delivering || this.state === 'gone') return;
    this.delivering = true;
    queueMicrotask(this.deliver);
  }

  private readonly deliver = (): void => {
    this.delivering = false;
    if (this.state === 'gone') return;
    // Only what is here now: a receiver that answers at once must not keep this turn for ever.
    const upTo = this.queue.length;
    const before = this.delivered;
    while (this.delivered < upTo && this.other.reading) {
      const frame = this.queue[this.delivered++]!;
      this.bufferedBytes -= lengthBytes + frame.length;
      this.other.receive(frame);
      if (this.isGone) return;
    }
    if (this.delivered > before) {
      if (this.stall.waiting && this.state === 'open') this.events?.progress?.();
      this.stall.end();
    }
    if (2 * this.delivered >= this.queue.length) {
      this.queue.splice(0, this.delivered);
      this.delivered = 0;
    }
    if (this.queue.length > 0) {
      if (this.other.reading) this.deliverSoon();
      else this.stall.begin();
    } else if (this.state === 'closing') {
      this.finish();
      return;
    }
    if (this.full && this.bufferedBytes <= this.limits.highWaterBytes / 2 && this.state === 'open') {
      this.full = false;
      this.events?.drained();
    }
  };

  private get reading(): boolean {
    return this.state === 'closing' || (this.events !== undefined && !this.paused);
  }

  /** The receiver may have ended both while it looked at a frame. */
  private get isGone(): boolean {
    return this.state === 'gone';
  }

  private receive(frame: Buffer): void {
    if (this.state === 'closing') return;
    const { maxFrameBytes } = this.limits;
    if (frame.length > maxFrameBytes) {
      this.destroy(frameTooLarge('receive', frame.length, maxFrameBytes, 'from', this.peer));
      return;
    }
    this.events!.frame(frame);
  }

  /** Both in order: the other side has everything that was sent to it. */
  private finish(): void {
    this.end();
    this.other.end();
  }

  private end(error?: SkerryError): void {
    if (this.state === 'gone') return;
    this.state = 'gone';
    this.failure = error;
    this.queue = [];
    this.bufferedBytes = 0;
    this.stall.end();
    this.ending.end();
    if (this.events) this.reportClosed();
  }

  private reportClosed(): void {
    queueMicrotask(() => this.events!.closed(this.failure));
  }
}

/** How one side of a link is known to the other, and what it allows. */
export interface MemoryLinkEnd {
  readonly name: string;
  readonly clock: Clock;
  readonly limits: TransportLimits;
  /** Who the other takes it for, as if by a certificate. Default: nobody. */
  readonly identity?: PeerIdentity | undefined;
}

function seen({ name, identity }: MemoryLinkEnd): Peer {
  return { address: name, ...(identity ? { identity } : {}) };
}
