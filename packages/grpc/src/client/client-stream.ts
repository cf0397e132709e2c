import { constants, type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2';
import { SkerryError, type CancelReason, type RpcStream, type StreamEvents } from '@skerry/core';
import type { Compression } from '../wire/compression.js';
import { subtypeOf } from '../wire/content-type.js';
import { endingOf, failure, type Ending } from '../wire/error-trailers.js';
import { IncomingMessages, type MessageSink } from '../wire/incoming-messages.js';
import { OutgoingMessages } from '../wire/outgoing-messages.js';
import { statusOfHttp } from '../wire/status.js';

/** What the streams of one connection have in common. */
export interface ClientGround {
  readonly maxMessageBytes: number;
  readonly compression: Compression | undefined;
  /** For messages: `grpc://10.0.0.7:50051`. */
  readonly address: string;
  /** Why the connection ended; `undefined` while it lives. */
  readonly failure: SkerryError | undefined;
  /** The last call that the peer has said it takes; infinite while it takes all. */
  readonly lastTaken: number;
  /** The call waited in vain for what the peer owes it. */
  unanswered(): void;
  /** The stream is gone. Called once. */
  closed(): void;
}

const empty = new Uint8Array();

/** One call on the side that makes it. */
export class ClientStream implements RpcStream, MessageSink {
  readonly id: number;
  private readonly incoming: IncomingMessages;
  private readonly outgoing: OutgoingMessages;
  private encoding: string | undefined;
  private ending: Ending | undefined;
  private received = false;
  private sentEnd = false;
  private over = false;

  constructor(
    private readonly ground: ClientGround,
    private readonly stream: ClientHttp2Stream,
    private readonly method: string,
    private readonly events: StreamEvents,
  ) {
    // It may have to wait for its number.
    this.id = stream.id ?? 0;
    this.outgoing = new OutgoingMessages(stream, ground.compression, () => this.drained());
    this.incoming = new IncomingMessages(stream, ground.maxMessageBytes, () => this.encoding, this);
    stream
      .on('response', (headers) => this.responded(headers))
      .on('trailers', (trailers: IncomingHttpHeaders) => (this.ending ??= endingOf(trailers)))
      .on('error', ignored)
      .on('close', () => this.closed());
  }

  /** @param payload A call that sends one message always sends one, if it is empty. */
  begin(payload: Uint8Array | undefined, end: boolean): void {
    if (payload !== undefined || end) this.send(payload ?? empty, end);
  }

  // What the caller says.

  get writable(): boolean {
    return !this.over && !this.sentEnd && !this.outgoing.congested;
  }

  send(payload: Uint8Array | undefined, end: boolean): void {
    if (this.over || this.sentEnd) return;
    if (payload !== undefined && payload.length > this.ground.maxMessageBytes) {
      this.tooLarge(payload.length);
      return;
    }
    this.sentEnd = end;
    this.outgoing.send(payload, end);
  }

  fail(): void {
    // Callees do.
  }

  cancel(reason: CancelReason): void {
    if (this.over) return;
    if (reason === 'deadline' && !this.received) this.ground.unanswered();
    this.finish();
    this.stream.close(constants.NGHTTP2_CANCEL);
  }

  consumed(bytes: number): void {
    if (!this.over) this.incoming.consumed(bytes);
  }

  // What the callee says.

  message(payload: Buffer): void {
    if (!this.over) this.events.message(payload, false);
  }

  ended(): void {
    // The trailers come before, where there are some; otherwise the end of the stream tells what happened.
    if (this.ending) this.conclude(this.ending);
  }

  malformed(why: string, kind: 'large' | 'encoding' | 'form'): void {
    const code = kind === 'large' ? 'SKERRY_TRANSPORT_FRAME_TOO_LARGE' : 'SKERRY_RPC_PROTOCOL';
    this.break(new SkerryError(code, `cannot read the reply of ${this.ground.address} to ${this.method}: ${why}`));
  }

  private responded(headers: IncomingHttpHeaders): void {
    this.received = true;
    this.encoding = headers['grpc-encoding'] as string | undefined;
    const http = Number(headers[':status']);
    if (http !== 200) {
      const status = statusOfHttp(http);
      this.ending = failure(status, status, `${this.ground.address} answered with the HTTP status ${http}`);
    } else if (subtypeOf(headers['content-type']) === undefined) {
      const type = String(headers['content-type']).slice(0, 100);
      this.ending = failure('UNKNOWN', 'SKERRY_RPC_PROTOCOL', `${this.ground.address} answered with ${type}`);
    } else if (headers['grpc-status'] !== undefined) this.ending = endingOf(headers);
    if (!this.ending) return;
    // What follows, as a page of a proxy, is no message.
    this.incoming.stop();
    this.conclude(this.ending);
  }

  private conclude(ending: Ending): void {
    if (this.over) return;
    this.finish();
    if (!this.stream.closed) {
      // After a failure there is nothing left to send.
      if (this.sentEnd || ending.ok) this.stream.resume();
      else this.stream.close(constants.NGHTTP2_CANCEL);
    }
    if (ending.ok) this.events.end();
    else this.events.error(ending.wire, ending.started);
  }

  private closed(): void {
    this.ground.closed();
    if (this.over) return;
    if (this.ending) {
      this.conclude(this.ending);
      return;
    }
    const { failure: lost, address, lastTaken } = this.ground;
    const { rstCode } = this.stream;
    const never = this.stream.id === undefined || this.stream.pending;
    const refused = rstCode === constants.NGHTTP2_REFUSED_STREAM || (this.stream.id ?? 0) > lastTaken;
    this.finish();
    if (lost || refused || never) {
      // It left in order, with a GOAWAY: that is no connection that broke.
      const code = lastTaken < Infinity ? 'SKERRY_RPC_DRAINING' : 'SKERRY_RPC_CONNECTION_LOST';
      const error = lost ?? new SkerryError(code, `${address} did not take the call of ${this.method}`);
      this.events.lost(error, !(refused || never));
      return;
    }
    const ending = endingOfReset(rstCode, `${address} ended the call of ${this.method}`);
    if (!ending.ok) this.events.error(ending.wire, ending.started);
  }

  private drained(): void {
    if (this.writable) this.events.writable();
  }

  private tooLarge(bytes: number): void {
    const limit = this.ground.maxMessageBytes;
    const message =
      `cannot send a message of ${bytes} bytes to ${this.ground.address}: at most ${limit} bytes are allowed; ` +
      'send it in parts, as a stream, or raise maxMessageBytes';
    this.break(new SkerryError('SKERRY_TRANSPORT_FRAME_TOO_LARGE', message, { details: { bytes, limit } }));
  }

  /** Ends it from this side. */
  private break(error: SkerryError): void {
    if (this.over) return;
    this.finish();
    this.stream.close(constants.NGHTTP2_CANCEL);
    queueMicrotask(() => this.events.lost(error, true));
  }

  private finish(): void {
    this.over = true;
    this.incoming.stop();
  }
}

function endingOfReset(code: number, message: string): Ending {
  const how = `${message} with the HTTP/2 code ${code}`;
  switch (code) {
    case constants.NGHTTP2_CANCEL:
      return failure('CANCELLED', 'SKERRY_RPC_CANCELLED', how);
    case constants.NGHTTP2_ENHANCE_YOUR_CALM:
      return failure('RESOURCE_EXHAUSTED', 'SKERRY_RPC_OVERLOADED', how);
    case constants.NGHTTP2_INADEQUATE_SECURITY:
      return failure('PERMISSION_DENIED', 'SKERRY_RPC_DENIED', how);
    default:
      return failure('INTERNAL', 'SKERRY_RPC_PROTOCOL', how);
  }
}

function ignored(): void {
  // Told by 'close'.
}
