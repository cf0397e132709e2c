import type { Socket } from 'node:net';
import type { Clock } from '../clock/clock.js';
import type { Peer } from '../context/peer.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { Link, LinkEvents, TransportLimits } from './driver.js';
import { farewell, farewellLength, type EndOfLink } from './farewell.js';
import { FrameReader } from './frame-reader.js';
import { FrameTimer } from './frame-timer.js';
import { closeStalled, frameStalled, frameTooLarge, peerStalled, tookNothing } from './link-errors.js';
import { OutgoingFrames } from './outgoing-frames.js';
import { Patience } from './patience.js';
import { remotePeer } from './tls/remote-peer.js';

/**
 * A turn that sends more frames than this writes them in several goes, so that the peer is at work on the first while this side
 * still makes the last: otherwise the two take turns, and each waits for the other.
 */
const framesPerWrite = 16;

/**
 * A link over a connected socket whose preface is done. Takes the socket over: it must be paused, with
 * `allowHalfOpen`, so that what is queued can be finished after the peer has said its end.
 */
export class SocketLink implements Link {
  readonly remote: Peer;
  private readonly reader: FrameReader;
  private readonly frameTimer: FrameTimer;
  private readonly outgoing = new OutgoingFrames();
  private events: LinkEvents | undefined;
  /** Bytes that the socket has and the kernel may not. */
  private writing = 0;
  private flushing = false;
  /** `send` said no, and `drained` has not said yes. */
  private full = false;
  /** Either side has said its end: nothing more is queued, and what still arrives is dropped. */
  private closing = false;
  private peerSaidFarewell = false;
  private failure: SkerryError | undefined;
  /** For the peer to take something of what is queued. */
  private readonly stall: Patience;
  /** For the end. A slow peer makes progress for as long as something is queued; the end waits no longer for that. */
  private readonly ending: Patience;

  constructor(
    private readonly socket: Socket,
    readonly peer: string,
    clock: Clock,
    private readonly limits: TransportLimits,
    private readonly end: EndOfLink = 'reset',
  ) {
    this.remote = remotePeer(socket, peer);
    const { maxFrameBytes, frameTimeoutMs, stallTimeoutMs, closeTimeoutMs } = limits;
    this.reader = new FrameReader(maxFrameBytes, (bytes) => this.events!.frame(bytes));
    this.frameTimer = new FrameTimer(clock, this.reader, frameTimeoutMs, () =>
      this.destroy(frameStalled(peer, frameTimeoutMs)),
    );
    this.stall = new Patience(clock, stallTimeoutMs, () => this.destroy(tookNothing(peer, stallTimeoutMs)));
    this.ending = new Patience(clock, closeTimeoutMs, () =>
      this.destroy(closeStalled(peer, closeTimeoutMs, this.bufferedBytes)),
    );
    socket.on('error', (cause) => {
      this.failure ??= new SkerryError(
        'SKERRY_RPC_CONNECTION_LOST',
        `the connection to ${peer} broke: ${cause.message}`,
        {
          cause,
        },
      );
    });
    socket.on('close', () => {
      this.stall.end();
      this.frameTimer.stop();
      this.ending.end();
      this.outgoing.clear();
      this.writing = 0;
      this.closing = true;
      this.events?.closed(this.failure);
    });
  }

  get bufferedBytes(): number {
    return this.writing + this.outgoing.bytes;
  }

  start(events: LinkEvents): void {
    this.events = events;
    if (this.socket.closed) {
      process.nextTick(() => events.closed(this.failure));
      return;
    }
    this.socket.on('data', this.received).on('end', this.ended);
    this.socket.resume();
  }

  send(frame: Uint8Array): boolean {
    if (this.closing) return true;
    const { maxFrameBytes, maxBufferedBytes, highWaterBytes } = this.limits;
    if (frame.length > maxFrameBytes) {
      this.destroy(frameTooLarge('send', frame.length, maxFrameBytes, 'to', this.peer));
      return true;
    }
    this.outgoing.push(frame);
    const buffered = this.bufferedBytes;
    if (buffered >= maxBufferedBytes) {
      this.destroy(peerStalled(this.peer, `${buffered} bytes wait for it, at most ${maxBufferedBytes} may`));
      return true;
    }
    if (this.outgoing.frames < framesPerWrite) this.flushSoon();
    else this.flush();
    if (buffered < highWaterBytes) return true;
    this.full = true;
    return false;
  }

  pause(): void {
    // While closing, what arrives is dropped, and reading on is what shows the peer's end.
    if (this.closing) return;
    this.socket.pause();
    this.frameTimer.stop();
  }

  resume(): void {
    if (!this.events) return;
    this.socket.resume();
    if (!this.closing) this.frameTimer.look();
  }

  close(): void {
    if (this.closing) return;
    this.leave();
    this.reader.stop();
    // A socket that is closed with unread bytes resets, which takes back what the peer has not read yet.
    this.socket.resume();
    this.flushSoon();
  }

  destroy(error?: SkerryError): void {
    if (this.socket.destroyed) return;
    this.failure ??= error;
    this.closing = true;
    this.reader.stop();
    this.outgoing.clear();
    // A reset, since the peer could take a plain end between two frames for an orderly one. Once the end has been said
    // it is too late for that, and the system refuses a reset while the end is under way.
    if (this.end === 'farewell' || this.socket.writableEnded) this.socket.destroy();
    else this.socket.resetAndDestroy();
  }

  private readonly received = (chunk: Buffer): void => {
    const refused = this.reader.push(chunk);
    if (refused === farewellLength && this.end === 'farewell') this.peerSaidFarewell = true;
    else if (refused !== undefined)
      this.destroy(frameTooLarge('receive', refused, this.limits.maxFrameBytes, 'from', this.peer));
    else if (!this.closing && !this.socket.isPaused()) this.frameTimer.look();
    if (this.reader.midFrame && !this.closing) this.events!.progress?.();
  };

  private readonly ended = (): void => {
    if (this.closing) return;
    const cut = this.reader.midFrame
      ? 'inside a frame'
      : this.end === 'farewell' && !this.peerSaidFarewell && 'without a farewell';
    if (cut) {
      this.destroy(new SkerryError('SKERRY_RPC_CONNECTION_LOST', `${this.peer} closed the connection ${cut}`));
      return;
    }
    this.leave();
    // A peer that has closed drops what it receives.
    this.outgoing.clear();
    this.flushSoon();
  };

  private leave(): void {
    this.closing = true;
    this.frameTimer.stop();
    this.ending.begin();
  }

  private flushSoon(): void {
    if (this.flushing || this.writing > 0) return;
    this.flushing = true;
    // Runs after the microtasks of this turn, so that the little that they send leaves in one write.
    process.nextTick(this.flushed);
  }

  private readonly flushed = (): void => {
    this.flushing = false;
    this.flush();
  };

  private flush(): void {
    // What the kernel has no room for yet goes first; {@link written} goes on then.
    if (this.socket.destroyed || this.writing > 0) return;
    const pieces = this.outgoing.take();
    if (pieces.length > 0) {
      this.write(pieces);
    } else if (this.closing) {
      if (this.end === 'farewell') this.socket.end(farewell);
      else this.socket.end();
    } else {
      return;
    }
    this.writing = this.socket.writableLength;
    // No timer where the kernel took everything at once, which is nearly always.
    if (this.writing > 0) this.stall.begin();
  }

  private write(pieces: Uint8Array[]): void {
    const last = pieces.length - 1;
    if (last > 0) this.socket.cork();
    for (let i = 0; i <= last; i++) this.socket.write(pieces[i]!, i === last ? this.written : undefined);
    if (last > 0) this.socket.uncork();
  }

  private readonly written = (error?: Error | null): void => {
    // The socket reports and closes by itself.
    if (error || this.socket.destroyed) return;
    this.writing = this.socket.writableLength;
    // It was an earlier write, and a later one is under way.
    if (this.writing > 0) return;
    // What the system took at once says nothing about the peer.
    if (this.stall.waiting && !this.closing) this.events?.progress?.();
    this.stall.end();
    this.flush();
    if (this.full && !this.closing && this.bufferedBytes <= this.limits.highWaterBytes / 2) {
      this.full = false;
      this.events?.drained();
    }
  };
}
