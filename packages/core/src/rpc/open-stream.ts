import { SkerryError, type ErrorOrigin } from '../errors/skerry-error.js';
import { toWire, type WireError } from '../errors/wire.js';
import { encodeError } from './control-json.js';
import { encodeCancel, encodeCredit, encodeData } from './frames.js';
import type { Outbox } from './outbox.js';
import { maxCredit, messageOverhead } from './protocol.js';
import type { CancelReason, RpcStream, StreamEvents } from './stream.js';

/** What the streams of one connection have in common. */
export interface StreamGround {
  readonly role: 'client' | 'server';
  readonly outbox: Outbox;
  /** What each side may send unasked on a new stream. */
  readonly windowBytes: number;
  readonly peerWindowBytes: number;
  /** The largest message that both sides take. */
  readonly maxMessageBytes: number;
  readonly self: ErrorOrigin;
  /** For messages: who is at the other end. */
  readonly peer: string;
  /** The stream is over and need not be remembered. Called once. */
  release(stream: OpenStream): void;
}

interface Held {
  readonly payload: Uint8Array | undefined;
  readonly end: boolean;
}

/** A stream of a connection that lives, with the credit of both directions. */
export class OpenStream implements RpcStream {
  /** What the peer still takes; one message may exceed it, so that any message fits through. */
  private credit: number;
  /** What this side still takes. */
  private allowance: number;
  /** Consumed, and not granted to the peer yet. */
  private owed = 0;
  private held: Held[] | undefined;
  private sentEnd = false;
  private receivedEnd = false;
  /** The caller gave up, and the callee has not ended yet. */
  private abandoned = false;
  private over = false;
  private events!: StreamEvents;

  constructor(
    readonly id: number,
    private readonly ground: StreamGround,
  ) {
    this.credit = ground.peerWindowBytes;
    this.allowance = ground.windowBytes;
  }

  // What OPEN has said already.

  /** The caller's side of an OPEN that was sent. */
  opened(payload: Uint8Array | undefined, end: boolean, events: StreamEvents): void {
    if (payload) this.credit -= messageOverhead + payload.length;
    this.sentEnd = end;
    this.events = events;
  }

  /** The callee's side of an OPEN that arrived; {@link acceptedBy} follows. */
  received(payload: Uint8Array | undefined, end: boolean): void {
    if (payload) this.allowance -= messageOverhead + payload.length;
    this.receivedEnd = end;
  }

  acceptedBy(events: StreamEvents): void {
    this.events = events;
  }

  // For the application.

  get writable(): boolean {
    return this.sendable && !this.ground.outbox.congested;
  }

  send(payload: Uint8Array | undefined, end: boolean): void {
    if (this.over || this.sentEnd) return;
    if (this.abandoned) {
      if (end) this.finish();
      return;
    }
    const most = this.ground.maxMessageBytes;
    if (payload !== undefined && payload.length > most) {
      this.tooLarge(payload.length);
      return;
    }
    this.sentEnd = end;
    if (this.held) this.held.push({ payload, end });
    else if (payload !== undefined && this.credit <= 0) this.held = [{ payload, end }];
    else this.write(payload, end);
  }

  fail(error: WireError, started = true): void {
    if (this.over || this.ground.role === 'client') return;
    if (!this.abandoned) this.ground.outbox.send(encodeError(this.id, error, started));
    this.finish();
  }

  cancel(reason: CancelReason): void {
    if (this.over || this.ground.role === 'server') return;
    this.ground.outbox.send(encodeCancel(this.id, reason));
    this.finish();
  }

  consumed(bytes: number): void {
    if (this.over || this.receivedEnd) return;
    this.owed += messageOverhead + bytes;
    const { windowBytes, outbox } = this.ground;
    if (this.owed < windowBytes / 2) return;
    // Never beyond a full window, whatever the application says that it consumed.
    const grant = Math.min(this.owed, windowBytes - this.allowance);
    this.owed = 0;
    if (grant <= 0) return;
    this.allowance += grant;
    outbox.send(encodeCredit(this.id, grant));
  }

  // For the connection. A string is what the peer did wrong.

  message(payload: Buffer | undefined, end: boolean): string | undefined {
    if (this.receivedEnd) return `it sent DATA on stream ${this.id} after its end`;
    if (payload !== undefined) {
      if (this.allowance <= 0) return `it sent DATA on stream ${this.id} without credit`;
      this.allowance -= messageOverhead + payload.length;
    }
    this.receivedEnd = end;
    if (this.abandoned) return undefined;
    if (payload !== undefined) this.events.message(payload, end);
    // The application may have left in the middle.
    if (!end || this.over) return undefined;
    if (this.ground.role === 'client') this.finish();
    this.events.end();
    return undefined;
  }

  granted(bytes: number): string | undefined {
    if (bytes === 0 || this.credit + bytes > maxCredit)
      return `it granted ${bytes} bytes of credit to stream ${this.id}`;
    this.credit += bytes;
    while (this.held && this.credit > 0) {
      const { payload, end } = this.held.shift()!;
      if (this.held.length === 0) this.held = undefined;
      this.write(payload, end);
    }
    if (this.writable) this.events.writable();
    return undefined;
  }

  /** The link has room again. Returns whether that is of interest here. */
  drained(): boolean {
    if (!this.sendable) return false;
    this.events.writable();
    return true;
  }

  failed(wire: unknown, started: boolean): void {
    this.finish();
    this.events.error(wire, started);
  }

  cancelled(reason: CancelReason): void {
    if (this.abandoned) return;
    this.abandoned = true;
    this.held = undefined;
    // An end that was held back has no one to reach any more.
    if (this.sentEnd) this.finish();
    this.events.cancel(reason);
  }

  lost(error: SkerryError, started: boolean): void {
    if (this.over) return;
    this.finish();
    if (!this.abandoned) this.events.lost(error, started);
  }

  private get sendable(): boolean {
    return !this.over && !this.sentEnd && !this.abandoned && this.held === undefined && this.credit > 0;
  }

  private write(payload: Uint8Array | undefined, end: boolean): void {
    if (payload !== undefined) this.credit -= messageOverhead + payload.length;
    this.ground.outbox.send(encodeData(this.id, payload, end));
    if (end && this.ground.role === 'server') this.finish();
  }

  private tooLarge(bytes: number): void {
    const error = messageTooLarge(bytes, this.ground.maxMessageBytes, this.ground.peer);
    if (this.ground.role === 'client') this.cancel('cancelled');
    else this.fail(toWire(error, this.ground.self));
    queueMicrotask(() => this.events.lost(error, true));
  }

  private finish(): void {
    this.over = true;
    this.held = undefined;
    this.ground.release(this);
  }
}

export function messageTooLarge(bytes: number, limit: number, peer: string): SkerryError {
  return new SkerryError(
    'SKERRY_TRANSPORT_FRAME_TOO_LARGE',
    `cannot send a message of ${bytes} bytes to ${peer}: at most ${limit} bytes are allowed by both sides; ` +
      'send it in parts, as a stream, or raise maxMessageBytes',
    { details: { bytes, limit } },
  );
}
