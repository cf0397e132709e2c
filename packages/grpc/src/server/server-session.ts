import {
  constants,
  performServerHandshake,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import {
  remotePeer,
  SkerryError,
  type Clock,
  type ErrorOrigin,
  type Peer,
  type ProtocolHost,
  type WireError,
} from '@skerry/core';
import type { ResolvedServerOptions } from '../grpc-options.js';
import { acceptedBy } from '../wire/compression.js';
import { subtypeOf } from '../wire/content-type.js';
import { errorTrailers } from '../wire/error-trailers.js';
import { headOf, mostMetadataBytes, mostMetadataEntries } from '../wire/metadata.js';
import { FloodGauge } from './flood-gauge.js';
import type { Routes } from './route.js';
import { ServerStream, type StreamGround } from './server-stream.js';

/** What all connections of a server have in common. */
export interface SessionGround {
  readonly host: ProtocolHost;
  readonly clock: Clock;
  readonly options: ResolvedServerOptions;
  readonly routes: Routes;
  /** The connection is closed. Called once. */
  closed(session: ServerSession): void;
}

/** How long a caller may leave unread what it was answered. */
const unreadMs = 60_000;
// HTTP/2 counts 32 bytes for each header beyond its text.
const mostHeaderBytes = mostMetadataBytes + 32 * mostMetadataEntries + 6 * 1024;
const mostHeaders = mostMetadataEntries + 32;

/** One connection of HTTP/2 that was accepted. */
export class ServerSession implements StreamGround {
  readonly remote: Peer;
  private readonly session: ServerHttp2Session;
  /** Until nothing of them is left to send. */
  private readonly streams = new Map<ServerStream, ServerHttp2Stream>();
  private readonly floods: FloodGauge;
  private readonly openedAt: number;
  private running = 0;
  private introduced = false;
  private idleSince: number;
  private askedAt: number;
  private answered = true;
  private leaving = false;
  lost = false;

  constructor(
    socket: Socket,
    readonly peer: string,
    private readonly ground: SessionGround,
  ) {
    const { clock, options } = ground;
    this.remote = remotePeer(socket, peer);
    this.openedAt = this.idleSince = this.askedAt = clock.now();
    this.floods = new FloodGauge(this.openedAt, (why) => this.flooded(why));
    // Whoever sends no more has left: nothing of HTTP/2 would tell otherwise.
    socket.allowHalfOpen = false;
    this.session = performServerHandshake(socket, {
      maxHeaderListPairs: mostHeaders,
      maxSendHeaderBlockLength: 64 * 1024,
      maxSessionMemory: 64,
      maxSettings: 32,
      settings: {
        enablePush: false,
        maxConcurrentStreams: options.maxConcurrentStreams,
        maxHeaderListSize: mostHeaderBytes,
      },
    });
    this.session
      .on('stream', (stream, headers) => this.opened(stream, headers))
      .on('remoteSettings', () => {
        this.introduced = true;
        this.floods.settings();
      })
      .on('ping', () => this.floods.ping())
      .on('error', (error: Error) => this.failed(error))
      .on('close', () => this.closed());
    socket.once('close', () => (this.lost = true));
  }

  get draining(): boolean {
    return this.ground.host.draining;
  }

  get maxMessageBytes(): number {
    return this.ground.host.maxMessageBytes;
  }

  now(): number {
    return this.ground.clock.now();
  }

  finished(): void {
    this.running -= 1;
    if (this.running === 0) this.idleSince = this.now();
  }

  /** Takes no new calls; the connection ends when none runs on it. */
  goAway(): void {
    this.leaving = true;
    if (!this.session.closed && !this.session.destroyed) this.session.close();
  }

  destroy(): void {
    this.lost = true;
    this.session.destroy();
  }

  /** Looks after what waits. Called about once a second. */
  tick(now: number): void {
    const { requestTimeoutMs, idleTimeoutMs, maxConnectionAgeMs } = this.ground.options;
    this.floods.tick(now);
    if (!this.introduced && now - this.openedAt >= requestTimeoutMs) {
      this.refuse(constants.NGHTTP2_SETTINGS_TIMEOUT, `it did not introduce itself within ${requestTimeoutMs} ms`);
      return;
    }
    for (const [call, stream] of this.streams) this.lookAfter(call, stream, now);
    if (this.leaving) return;
    const idle = this.streams.size === 0 && now - this.idleSince >= idleTimeoutMs;
    if (idle || now - this.openedAt >= maxConnectionAgeMs) this.goAway();
    else if (this.streams.size > 0) this.ask(now);
  }

  private lookAfter(call: ServerStream, stream: ServerHttp2Stream, now: number): void {
    const { requestTimeoutMs } = this.ground.options;
    if (call.waits && (call.expired || now - call.startedAt >= requestTimeoutMs)) {
      call.refuse(call.failure('DEADLINE_EXCEEDED', `was called, and its request did not come`));
    }
    if (call.endedAt === undefined) return;
    // Whoever was answered need not be listened to any more; whoever does not listen need not be answered.
    if (stream.writableFinished && now > call.endedAt) stream.close(constants.NGHTTP2_NO_ERROR);
    else if (now - call.endedAt >= unreadMs) call.abort();
  }

  private ask(now: number): void {
    const { keepAliveMs, keepAliveTimeoutMs } = this.ground.options;
    if (!this.answered) {
      if (now - this.askedAt < keepAliveTimeoutMs) return;
      this.failed(new Error(`it did not answer within ${keepAliveTimeoutMs} ms`));
      this.destroy();
      return;
    }
    if (now - this.askedAt < keepAliveMs) return;
    this.askedAt = now;
    this.answered = !this.session.ping(() => (this.answered = true));
  }

  private opened(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    stream.on('error', ignored);
    this.floods.opened();
    const subtype = subtypeOf(headers['content-type']);
    if (headers[':method'] !== 'POST' || subtype === undefined) {
      const status = headers[':method'] === 'POST' ? constants.HTTP_STATUS_UNSUPPORTED_MEDIA_TYPE : 405;
      dismiss(stream, { ':status': status });
      return;
    }
    const path = String(headers[':path']);
    const route = this.ground.routes.find(path, subtype);
    if (!route) {
      dismiss(stream, { ':status': constants.HTTP_STATUS_UNSUPPORTED_MEDIA_TYPE });
      return;
    }
    const caller = callerOf(headers['skerry-caller']);
    const contentType = headers['content-type']!;
    if ('error' in route) {
      this.answer(stream, contentType, route.error, caller);
      return;
    }
    const head = headOf(headers);
    if (typeof head === 'string') {
      const status = head.startsWith('its metadata') ? 'RESOURCE_EXHAUSTED' : 'INVALID_ARGUMENT';
      this.answer(stream, contentType, refusal('SKERRY_RPC_PROTOCOL', status, head, route.origin), caller);
      return;
    }
    // Calls that were given up count for as long as they run, which HTTP/2 does not see.
    if (this.running >= this.ground.options.maxConcurrentStreams) {
      stream.close(constants.NGHTTP2_REFUSED_STREAM);
      return;
    }
    this.running += 1;
    const compression = acceptedBy(
      headers['grpc-accept-encoding'] as string | undefined,
      this.ground.options.compression,
    );
    const encoding = headers['grpc-encoding'] as string | undefined;
    const call = new ServerStream(this, stream, route, head, { contentType, encoding, compression, caller });
    this.streams.set(call, stream);
    stream.once('close', () => {
      this.streams.delete(call);
      this.floods.closed(stream.rstCode !== constants.NGHTTP2_NO_ERROR);
    });
    call.begin();
  }

  private answer(
    stream: ServerHttp2Stream,
    contentType: string,
    error: WireError,
    caller: ErrorOrigin | undefined,
  ): void {
    dismiss(stream, { 'content-type': contentType, ...errorTrailers(error, false, caller !== undefined) });
  }

  private flooded(why: string): void {
    this.refuse(constants.NGHTTP2_ENHANCE_YOUR_CALM, why);
  }

  private refuse(code: number, why: string): void {
    if (this.session.destroyed) return;
    const error = new SkerryError('SKERRY_RPC_PROTOCOL', `ended the connection to ${this.peer}: ${why}`);
    this.ground.host.events({ type: 'peer-refused', peer: this.peer, error });
    this.lost = true;
    // Errors of the session are told of themselves; this one was told already.
    this.session.removeAllListeners('error').on('error', ignored);
    this.session.goaway(code);
    this.session.destroy();
  }

  private failed(cause: Error): void {
    this.lost = true;
    const { code } = cause as { code?: string };
    const broke = code === 'ECONNRESET' || code === 'EPIPE' || code === 'ETIMEDOUT' || code === undefined;
    const message = `the connection to ${this.peer} ended: ${cause.message}`;
    const error = new SkerryError(broke ? 'SKERRY_RPC_CONNECTION_LOST' : 'SKERRY_RPC_PROTOCOL', message, { cause });
    this.ground.host.events({ type: broke ? 'peer-lost' : 'peer-refused', peer: this.peer, error });
  }

  private closed(): void {
    this.lost = true;
    this.ground.closed(this);
  }
}

function ignored(): void {
  // Told by 'close'.
}

/** Answers with nothing but headers. */
function dismiss(stream: ServerHttp2Stream, headers: Parameters<ServerHttp2Stream['respond']>[0]): void {
  if (stream.destroyed || stream.closed) return;
  stream.respond(headers, { endStream: true });
  stream.close(constants.NGHTTP2_NO_ERROR);
}

function refusal(code: string, status: WireError['status'], message: string, origin: ErrorOrigin): WireError {
  return { code, status, message: `cannot take the call: ${message}`, retryable: false, origin };
}

/** Who a Skerry caller says that it is: `service node`. */
function callerOf(header: string | string[] | undefined): ErrorOrigin | undefined {
  if (typeof header !== 'string' || header.length > 300) return undefined;
  const [service, node, ...rest] = header.split(' ');
  return service && node && rest.length === 0 ? { service, node } : undefined;
}
