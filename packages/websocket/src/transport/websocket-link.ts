import type { Socket } from 'node:net';
import {
  closeStalled,
  FrameTimer,
  frameStalled,
  frameTooLarge,
  Patience,
  peerStalled,
  remotePeer,
  SkerryError,
  tookNothing,
  type Clock,
  type Link,
  type LinkEvents,
  type Peer,
  type TransportLimits,
} from '@skerry/core';
import { WebSocket, type RawData } from 'ws';
import { MessageBounds } from './message-bounds.js';
import { costOf, OutgoingMessages, type OutgoingPart } from './outgoing-messages.js';

/** Codes of an end in order (RFC 6455, 7.4.1): done, going away, and none given. */
const inOrder = [1000, 1001, 1005];

/** A link over an open WebSocket: each message is a frame. Takes it over; it must have been paused. */
export class WebSocketLink implements Link {
  readonly remote: Peer;
  /** What {@link close} says: 1000, or 1001 where this side goes away. */
  closeCode = 1000;
  private readonly bounds = new MessageBounds();
  private readonly frameTimer: FrameTimer;
  private readonly outgoing = new OutgoingMessages();
  private events: LinkEvents | undefined;
  /** Bytes that the socket has and the kernel may not. */
  private writing = 0;
  private flushing = false;
  /** `send` said no, and `drained` has not said yes. */
  private full = false;
  /** Of a ping that was not answered; a later one takes its place (RFC 6455, 5.5.3). */
  private ping: Buffer | undefined;
  /** Either side has said its end: nothing more is queued. */
  private closing = false;
  /** This side has: what still arrives is dropped. */
  private dropping = false;
  private destroyed = false;
  private closed = false;
  private failure: SkerryError | undefined;
  private socketError: Error | undefined;
  /** For the peer to take something of what is queued. */
  private readonly stall: Patience;
  /** For the end. */
  private readonly ending: Patience;

  /**
   * @param socket What the WebSocket runs on.
   * @param kind   Of the messages, both ways; others end the link.
   */
  constructor(
    private readonly webSocket: WebSocket,
    private readonly socket: Socket,
    readonly peer: string,
    clock: Clock,
    private readonly limits: TransportLimits,
    private readonly kind: 'binary' | 'text' = 'binary',
  ) {
    this.remote = remotePeer(socket, peer);
    const { frameTimeoutMs, stallTimeoutMs, closeTimeoutMs } = limits;
    this.frameTimer = new FrameTimer(clock, this.bounds, frameTimeoutMs, () =>
      this.destroy(frameStalled(peer, frameTimeoutMs)),
    );
    this.stall = new Patience(clock, stallTimeoutMs, () => this.destroy(tookNothing(peer, stallTimeoutMs)));
    this.ending = new Patience(clock, closeTimeoutMs, () =>
      this.destroy(closeStalled(peer, closeTimeoutMs, this.bufferedBytes)),
    );
    // The library keeps what a socket says to itself.
    socket.on('error', (cause) => (this.socketError ??= cause));
    socket.prependListener('data', this.arrived);
    webSocket
      .on('message', this.received)
      .on('ping', (data: Buffer) => this.pinged(data))
      .on('pong', () => this.events?.progress?.())
      .on('error', (cause) => this.broken(cause as Error & { code?: string }))
      .on('close', (code, reason) => this.ended(code, reason));
  }

  get bufferedBytes(): number {
    return this.writing + this.outgoing.bytes;
  }

  start(events: LinkEvents): void {
    this.events = events;
    if (this.closed) process.nextTick(() => events.closed(this.failure));
    else this.webSocket.resume();
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
    this.flushSoon();
    if (buffered < highWaterBytes) return true;
    this.full = true;
    return false;
  }

  pause(): void {
    // While closing, what arrives is dropped, and reading on is what shows the peer's end.
    if (this.closing) return;
    this.webSocket.pause();
    this.frameTimer.stop();
  }

  resume(): void {
    if (!this.events) return;
    this.webSocket.resume();
    if (!this.closing) this.frameTimer.look();
  }

  /** Asks the peer for a sign of life, which {@link LinkEvents.progress} tells of. For protocols that have no word for it. */
  ask(): void {
    if (!this.closing) this.webSocket.ping();
  }

  close(): void {
    if (this.dropping) return;
    this.dropping = true;
    if (!this.closing) this.flushSoon();
    this.leave();
  }

  destroy(error?: SkerryError): void {
    if (this.destroyed || this.closed) return;
    this.destroyed = true;
    this.failure ??= error;
    this.closing = this.dropping = true;
    this.outgoing.clear();
    // Without a word of goodbye, which is how the peer knows that something was lost.
    this.webSocket.terminate();
  }

  /** Runs before the library sees the bytes. */
  private readonly arrived = (chunk: Buffer): void => {
    if (this.bounds.closed) return;
    this.bounds.push(chunk);
    if (this.bounds.closed) this.leave();
    else if (!this.closing) {
      if (!this.webSocket.isPaused) this.frameTimer.look();
      if (this.bounds.midFrame) this.events?.progress?.();
    }
  };

  private readonly received = (data: RawData, isBinary: boolean): void => {
    if (this.dropping) return;
    const { kind } = this;
    if (isBinary === (kind === 'binary')) {
      this.events!.frame(data as Buffer);
      return;
    }
    this.broken(new Error(`it sent a ${isBinary ? 'binary' : 'text'} message, and only ${kind} ones are understood`));
    this.webSocket.close(1003, `send ${kind} messages`);
  };

  private pinged(data: Buffer): void {
    // A peer that asks and does not read is not worth its answers.
    if (this.closing || this.bufferedBytes >= this.limits.highWaterBytes) return;
    this.ping = data;
    this.flushSoon();
  }

  /** The peer broke the rules; the library tells it so, and closes. */
  private broken(cause: Error & { code?: string }): void {
    if (cause.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') {
      const { bounds, peer, limits } = this;
      this.failure ??= frameTooLarge('receive', bounds.announcedBytes, limits.maxFrameBytes, 'from', peer);
    } else this.failure ??= this.lost(cause.message, cause);
    this.dropping = true;
    this.outgoing.clear();
    this.leave();
  }

  private lost(why: string, cause?: Error): SkerryError {
    return new SkerryError('SKERRY_RPC_CONNECTION_LOST', `the connection to ${this.peer} broke: ${why}`, { cause });
  }

  private ended(code: number, reason: Buffer): void {
    const { socketError } = this;
    this.closed = this.closing = this.dropping = true;
    this.stall.end();
    this.ending.end();
    this.frameTimer.stop();
    this.outgoing.clear();
    this.writing = 0;
    if (!this.destroyed && !inOrder.includes(code)) {
      this.failure ??= this.lost(socketError?.message ?? whyClosed(code, reason.toString()), socketError);
    }
    this.events?.closed(this.failure);
  }

  private leave(): void {
    this.closing = true;
    this.frameTimer.stop();
    this.ending.begin();
    // What is unread would keep the peer's end from being seen.
    this.webSocket.resume();
  }

  private flushSoon(): void {
    if (this.flushing || this.writing > 0) return;
    this.flushing = true;
    // Runs after the microtasks of this turn, so that everything they send leaves in one write.
    process.nextTick(this.flush);
  }

  private readonly flush = (): void => {
    this.flushing = false;
    const { webSocket, socket, outgoing } = this;
    if (webSocket.readyState !== WebSocket.OPEN) {
      // A peer that has closed drops what it receives.
      outgoing.clear();
      return;
    }
    if (this.ping) webSocket.pong(this.ping);
    this.ping = undefined;
    const parts = outgoing.take();
    if (parts.length > 0) this.write(parts);
    else if (this.closing) webSocket.close(this.closeCode);
    // No timer where the kernel took everything at once, which is nearly always.
    if (socket.writableLength > 0) this.stall.begin();
  };

  private write(parts: readonly OutgoingPart[]): void {
    const { webSocket, socket } = this;
    const last = parts.length - 1;
    // Known before the first of them is written, which may be at once.
    for (const part of parts) this.writing += costOf(part);
    socket.cork();
    for (let i = 0; i <= last; i++) {
      const { bytes, final } = parts[i]!;
      webSocket.send(bytes, { binary: this.kind === 'binary', fin: final }, i === last ? this.written : undefined);
    }
    socket.uncork();
  }

  private readonly written = (error?: Error | null): void => {
    // The socket reports and closes by itself.
    if (error || this.closed) return;
    this.writing = 0;
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

function whyClosed(code: number, reason: string): string {
  if (code === 1006) return 'it ended without a word';
  return `it said ${code}${reason === '' ? '' : `, ${reason}`}`;
}
