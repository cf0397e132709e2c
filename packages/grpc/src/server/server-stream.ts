import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import {
  SkerryError,
  toWire,
  type CancelReason,
  type ErrorOrigin,
  type OpenHead,
  type Peer,
  type RpcStream,
  type WireError,
} from '@skerry/core';
import { acceptedEncodings, type Compression } from '../wire/compression.js';
import { errorTrailers } from '../wire/error-trailers.js';
import { IncomingMessages, type MessageSink } from '../wire/incoming-messages.js';
import { addMetadata } from '../wire/metadata.js';
import { OutgoingMessages } from '../wire/outgoing-messages.js';
import { givenMetadata } from './reply-metadata.js';
import type { Accepted, Route } from './route.js';

/** See `cancelReason`; at most a tenth of the call's own time. */
const lastMomentMs = 20;

/** What the streams of one connection have in common. */
export interface StreamGround {
  readonly maxMessageBytes: number;
  readonly draining: boolean;
  /** The clock's, in ms. */
  now(): number;
  /** For messages: who is at the other end. */
  readonly peer: string;
  /** The same, for handlers. */
  readonly remote: Peer;
  /** Whether the connection is gone, rather than one of its calls given up. */
  readonly lost: boolean;
  /** The call is over: it does not count as running any more. Called once. */
  finished(stream: ServerStream): void;
}

/** How a call was made. */
export interface Manner {
  readonly contentType: string;
  readonly encoding: string | undefined;
  readonly compression: Compression | undefined;
  readonly caller: ErrorOrigin | undefined;
}

const withTrailers = { waitForTrailers: true };
const endOnly = { endStream: true };

/** One call on the side that serves it: what an `OpenStream` is in the native protocol. */
export class ServerStream implements RpcStream, MessageSink {
  readonly id: number;
  readonly startedAt: number;
  private readonly incoming: IncomingMessages;
  private readonly outgoing: OutgoingMessages;
  private events: Accepted | undefined;
  private first: Buffer | undefined;
  /** What its callee did before it was known. */
  private early: (() => void)[] | undefined;
  private headersSent = false;
  private trailers: OutgoingHttpHeaders | undefined;
  /** The caller gave up, and the callee has not ended yet. */
  private abandoned = false;
  private over = false;

  constructor(
    private readonly ground: StreamGround,
    private readonly stream: ServerHttp2Stream,
    private readonly route: Route,
    private readonly head: OpenHead,
    private readonly manner: Manner,
  ) {
    this.id = stream.id!;
    this.startedAt = ground.now();
    this.outgoing = new OutgoingMessages(stream, manner.compression, () => this.drained());
    this.incoming = new IncomingMessages(stream, ground.maxMessageBytes, () => manner.encoding, this);
    stream.on('wantTrailers', () => this.sendTrailers());
    stream.on('close', () => this.closed());
  }

  /** Whether the caller has not said yet what it wants. */
  get waits(): boolean {
    return !this.over && this.events === undefined;
  }

  /** Since when the caller should have had its end, in the clock's ms; `undefined` while the callee is at work. */
  endedAt: number | undefined;

  begin(): void {
    if (this.route.takesMany) this.accept(undefined, false);
  }

  // What the caller sends.

  message(payload: Buffer): void {
    if (this.events) this.events.message(payload, false);
    else if (this.first === undefined) this.first = payload;
    else this.refuse(this.failure('UNIMPLEMENTED', 'takes one message, and the caller sent more'));
  }

  ended(): void {
    if (this.events) this.events.end();
    else if (this.first !== undefined) this.accept(this.first, true);
    else this.refuse(this.failure('UNIMPLEMENTED', 'takes one message, and the caller sent none'));
  }

  malformed(why: string, kind: 'large' | 'encoding' | 'form'): void {
    const status = kind === 'large' ? 'RESOURCE_EXHAUSTED' : kind === 'encoding' ? 'UNIMPLEMENTED' : 'INTERNAL';
    const code = kind === 'large' ? 'SKERRY_TRANSPORT_FRAME_TOO_LARGE' : 'SKERRY_RPC_PROTOCOL';
    const error = new SkerryError(code, `cannot serve ${this.route.method} to ${this.ground.peer}: ${why}`, { status });
    this.end(error, this.events !== undefined);
  }

  // What the callee says.

  get writable(): boolean {
    return !this.over && !this.abandoned && !this.outgoing.congested;
  }

  send(payload: Uint8Array | undefined, end: boolean): void {
    if (this.early) {
      this.early.push(() => this.send(payload, end));
      return;
    }
    if (this.over) return;
    if (this.abandoned) {
      if (end) this.finish();
      return;
    }
    if (payload !== undefined && payload.length > this.ground.maxMessageBytes) {
      this.tooLarge(payload.length);
      return;
    }
    this.respond();
    if (end) this.trailers = this.withGiven({ 'grpc-status': '0' });
    this.outgoing.send(payload, end);
    if (end) this.finish();
  }

  fail(error: WireError, started = true): void {
    if (this.early) {
      this.early.push(() => this.fail(error, started));
      return;
    }
    if (this.over) return;
    if (!this.abandoned) this.sendFailure(error, started);
    this.finish();
  }

  cancel(): void {
    // Callers do.
  }

  consumed(bytes: number): void {
    if (!this.over) this.incoming.consumed(bytes);
  }

  // What the connection says.

  /** Ends it before its callee was asked, or when it can wait no longer. */
  refuse(error: SkerryError): void {
    this.end(error, false);
  }

  /** Nothing of it may stay. */
  abort(): void {
    this.stream.close(constants.NGHTTP2_CANCEL);
  }

  /** The whole deadline of the call is over. */
  get expired(): boolean {
    return this.ground.now() - this.startedAt >= this.head.timeoutMs;
  }

  failure(status: 'UNIMPLEMENTED' | 'DEADLINE_EXCEEDED' | 'INTERNAL', why: string): SkerryError {
    return new SkerryError('SKERRY_RPC_PROTOCOL', `${this.route.method} ${why}`, { status });
  }

  private accept(payload: Buffer | undefined, ended: boolean): void {
    if (this.ground.draining) {
      // Which every client of gRPC may send again, elsewhere.
      this.over = true;
      this.stream.close(constants.NGHTTP2_REFUSED_STREAM);
      this.ground.finished(this);
      return;
    }
    this.first = undefined;
    this.early = [];
    const { head, route, manner, ground } = this;
    this.events = route.accept({ stream: this, head, payload, ended, caller: manner.caller, peer: ground.remote });
    const { early } = this;
    this.early = undefined;
    for (const each of early) each();
  }

  private end(error: SkerryError, started: boolean): void {
    if (this.over) return;
    const wire = toWire(error, this.route.origin);
    const { events } = this;
    this.fail(wire, started);
    // After its end, so that nothing comes back.
    events?.lost(error, started);
  }

  private closed(): void {
    if (this.over) return;
    if (this.abandoned) return;
    this.abandoned = true;
    this.incoming.stop();
    if (!this.events) {
      this.finish();
      return;
    }
    if (this.ground.lost) this.events.lost(connectionLost(this.ground.peer), true);
    else this.events.cancel(this.cancelReason());
  }

  /**
   * HTTP/2 does not tell one from the other. The caller's clock began before ours, by the time that the call was on its way, so what
   * it gives up in the last moment is taken for its deadline.
   */
  private cancelReason(): CancelReason {
    const { timeoutMs } = this.head;
    const leftMs = timeoutMs - (this.ground.now() - this.startedAt);
    return leftMs <= Math.min(lastMomentMs, timeoutMs / 10) ? 'deadline' : 'cancelled';
  }

  private drained(): void {
    if (this.writable) this.events?.writable();
  }

  private get gone(): boolean {
    return this.stream.destroyed || this.stream.closed;
  }

  private respond(): void {
    if (this.headersSent || this.gone) return;
    this.headersSent = true;
    const { contentType, compression } = this.manner;
    const headers: OutgoingHttpHeaders = { 'content-type': contentType, 'grpc-accept-encoding': acceptedEncodings };
    if (compression) headers['grpc-encoding'] = compression;
    const given = givenMetadata(this.events?.context);
    if (given) addMetadata(headers, given.headers);
    this.stream.respond(headers, withTrailers);
  }

  private withGiven(trailers: OutgoingHttpHeaders): OutgoingHttpHeaders {
    const given = givenMetadata(this.events?.context);
    if (given) addMetadata(trailers, given.trailers);
    return trailers;
  }

  private sendFailure(error: WireError, started: boolean): void {
    const trailers = this.withGiven(errorTrailers(error, started, this.manner.caller !== undefined));
    if (this.headersSent) {
      this.trailers = trailers;
      this.outgoing.send(undefined, true);
    } else if (!this.gone) {
      this.headersSent = true;
      const given = givenMetadata(this.events?.context);
      if (given) addMetadata(trailers, given.headers);
      this.stream.respond({ 'content-type': this.manner.contentType, ...trailers }, endOnly);
    }
  }

  private sendTrailers(): void {
    if (this.gone) return;
    this.stream.sendTrailers(this.trailers ?? {});
  }

  private tooLarge(bytes: number): void {
    const limit = this.ground.maxMessageBytes;
    const message =
      `cannot send a message of ${bytes} bytes to ${this.ground.peer}: at most ${limit} bytes are allowed; ` +
      'send it in parts, as a stream, or raise maxMessageBytes';
    const error = new SkerryError('SKERRY_TRANSPORT_FRAME_TOO_LARGE', message, { details: { bytes, limit } });
    const { events } = this;
    this.fail(toWire(error, this.route.origin));
    queueMicrotask(() => events?.lost(error, true));
  }

  private finish(): void {
    this.over = true;
    this.first = undefined;
    this.endedAt = this.ground.now();
    this.incoming.stop();
    this.ground.finished(this);
  }
}

function connectionLost(peer: string): SkerryError {
  return new SkerryError('SKERRY_RPC_CONNECTION_LOST', `the connection to ${peer} ended`);
}
