import { toWire, type WireError } from '../errors/wire.js';
import type { ErrorOrigin, SkerryError } from '../errors/skerry-error.js';
import { decodeError, encodeError } from './control-json.js';
import { messageTooLarge } from './open-stream.js';
import { messageOverhead } from './protocol.js';
import type { CancelReason, RpcStream, StreamEvents } from './stream.js';

/** What the streams of one local connection have in common. */
export interface LocalGround {
  readonly windowBytes: number;
  readonly maxMessageBytes: number;
  readonly self: ErrorOrigin;
  /** Runs it soon, in the order of posting. */
  post(delivery: () => void): void;
}

interface Held {
  readonly payload: Uint8Array | undefined;
  readonly end: boolean;
}

/** One side of a call within the process: what an `OpenStream` is on the wire, with the same flow control. */
export class LocalStream implements RpcStream {
  private other!: LocalStream;
  private credit: number;
  private owed = 0;
  private held?: Held[] | undefined;
  private sentEnd = false;
  private receivedEnd = false;
  /** The caller gave up, and the callee has not ended yet. */
  private abandoned = false;
  private over = false;
  private events!: StreamEvents;

  constructor(
    readonly id: number,
    private readonly role: 'client' | 'server',
    private readonly ground: LocalGround,
  ) {
    this.credit = ground.windowBytes;
  }

  /** Joins the two sides of a call whose first message is on its way. */
  static pair(id: number, ground: LocalGround, events: StreamEvents, ended: boolean): [LocalStream, LocalStream] {
    const caller = new LocalStream(id, 'client', ground);
    const callee = new LocalStream(id, 'server', ground);
    caller.other = callee;
    callee.other = caller;
    caller.events = events;
    caller.sentEnd = callee.receivedEnd = ended;
    return [caller, callee];
  }

  acceptedBy(events: StreamEvents): void {
    this.events = events;
  }

  /** Whether it is over: for a caller that left before it was begun. */
  get ended(): boolean {
    return this.over;
  }

  get writable(): boolean {
    return !this.over && !this.sentEnd && !this.abandoned && this.held === undefined && this.credit > 0;
  }

  send(payload: Uint8Array | undefined, end: boolean): void {
    if (this.over || this.sentEnd) return;
    if (this.abandoned) {
      if (end) this.over = true;
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
    else this.deliver(payload, end);
  }

  fail(error: WireError, started = true): void {
    if (this.over || this.role === 'client') return;
    this.over = true;
    if (this.abandoned) return;
    // By way of the frame: nobody gets hold of what the other side goes on using, and limits are the same.
    const wire = decodeError(encodeError(this.id, error, started));
    this.ground.post(() => this.other.failed(wire, started));
  }

  cancel(reason: CancelReason): void {
    if (this.over || this.role === 'server') return;
    this.over = true;
    this.ground.post(() => this.other.cancelled(reason));
  }

  consumed(bytes: number): void {
    if (this.over || this.receivedEnd) return;
    this.owed += messageOverhead + bytes;
    if (this.owed < this.ground.windowBytes / 2) return;
    const grant = this.owed;
    this.owed = 0;
    this.ground.post(() => this.other.granted(grant));
  }

  private deliver(payload: Uint8Array | undefined, end: boolean): void {
    if (payload !== undefined) this.credit -= messageOverhead + payload.length;
    if (end && this.role === 'server') this.over = true;
    this.ground.post(() => this.other.received(payload, end));
  }

  private received(payload: Uint8Array | undefined, end: boolean): void {
    if (this.over || this.abandoned) return;
    this.receivedEnd = end;
    if (payload !== undefined) this.events.message(payload as Buffer, end);
    // The application may have left in the middle.
    if (!end || this.ended) return;
    if (this.role === 'client') this.over = true;
    this.events.end();
  }

  private granted(bytes: number): void {
    if (this.over) return;
    this.credit += bytes;
    while (this.held && this.credit > 0) {
      const { payload, end } = this.held.shift()!;
      if (this.held.length === 0) this.held = undefined;
      this.deliver(payload, end);
    }
    if (this.writable) this.events.writable();
  }

  private failed(wire: unknown, started: boolean): void {
    if (this.over) return;
    this.over = true;
    this.events.error(wire, started);
  }

  private cancelled(reason: CancelReason): void {
    if (this.over || this.abandoned) return;
    this.abandoned = true;
    this.held = undefined;
    if (this.sentEnd) this.over = true;
    // Where it was not accepted yet, it is not any more.
    (this.events as StreamEvents | undefined)?.cancel(reason);
  }

  private tooLarge(bytes: number): void {
    const { maxMessageBytes, self } = this.ground;
    const error: SkerryError = messageTooLarge(bytes, maxMessageBytes, self.service);
    if (this.role === 'client') this.cancel('cancelled');
    else this.fail(toWire(error, self));
    this.ground.post(() => this.events.lost(error, true));
  }
}
