import { connect, constants, type ClientHttp2Session, type OutgoingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import {
  SkerryError,
  type Codec,
  type ConnectOptions,
  type OpenHead,
  type OpenPeer,
  type RpcStream,
  type StreamEvents,
  type Timer,
} from '@skerry/core';
import type { ResolvedClientOptions } from '../grpc-options.js';
import { acceptedEncodings } from '../wire/compression.js';
import { addHead, mostMetadataBytes } from '../wire/metadata.js';
import { ClientStream, type ClientGround } from './client-stream.js';
import { noStream } from './no-stream.js';

/** Where the methods of a connection are. */
export interface SessionAddress {
  readonly address: string;
  /** `host:port`. */
  readonly authority: string;
  readonly secure: boolean;
}

export type PathOf = (endpoint: string) => string;

/** One connection of HTTP/2 to a node. */
export class ClientSession implements OpenPeer, ClientGround {
  readonly maxMessageBytes: number;
  readonly codec: Codec;
  readonly address: string;
  draining = false;
  failure: SkerryError | undefined;
  lastTaken = Infinity;
  private readonly session: ClientHttp2Session;
  private readonly common: OutgoingHttpHeaders;
  private readonly listeners: (() => void)[] = [];
  private running = 0;
  private gone = false;
  private keepAlive: Timer | undefined;
  private asking: Timer | undefined;
  private askedAt = -Infinity;

  constructor(
    socket: Socket,
    { address, authority, secure }: SessionAddress,
    private readonly connection: ConnectOptions,
    private readonly options: ResolvedClientOptions,
    private readonly pathOf: PathOf,
  ) {
    const { self, codec, maxMessageBytes } = connection;
    this.address = address;
    this.codec = codec;
    this.maxMessageBytes = maxMessageBytes;
    const scheme = secure ? 'https' : 'http';
    this.common = {
      ':method': 'POST',
      ':scheme': scheme,
      ':authority': authority,
      te: 'trailers',
      'content-type': codec.name === 'protobuf' ? 'application/grpc' : `application/grpc+${codec.name}`,
      'user-agent': 'skerry-grpc-node',
      'grpc-accept-encoding': acceptedEncodings,
      'skerry-caller': `${self.service} ${self.node}`,
      ...(options.compression ? { 'grpc-encoding': options.compression } : {}),
    };
    this.session = connect(`${scheme}://${authority}`, {
      createConnection: () => socket,
      maxHeaderListPairs: 128,
      maxSessionMemory: 64,
      maxSettings: 32,
      settings: { enablePush: false, maxHeaderListSize: 2 * mostMetadataBytes },
    });
    // An alert that comes after the handshake, as from a peer that wants a certificate, ends neither the session nor the socket.
    socket.on('error', (error) => {
      this.session.destroy(error);
      socket.destroy();
    });
    this.session
      .on('goaway', (code: number, lastStream: number) => this.leaves(code, lastStream))
      .on('error', (error: Error) => this.lose(error.message, error))
      .on('close', () => this.ended());
  }

  get compression(): ResolvedClientOptions['compression'] {
    return this.options.compression;
  }

  /** Resolves when the peer has introduced itself: until then nobody knows whether it speaks HTTP/2 at all. */
  ready(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error?: unknown): void => {
        signal.removeEventListener('abort', aborted);
        this.session.off('remoteSettings', ready);
        if (error === undefined) resolve();
        else {
          this.session.destroy();
          reject(error as Error);
        }
      };
      const ready = (): void => settle();
      const aborted = (): void => settle(signal.reason);
      this.session.once('remoteSettings', ready);
      signal.addEventListener('abort', aborted, { once: true });
      this.onClose(() => settle(this.failure ?? new Error('it closed the connection')));
      if (signal.aborted) aborted();
    });
  }

  open(
    endpoint: string,
    head: OpenHead,
    payload: Uint8Array | undefined,
    end: boolean,
    events: StreamEvents,
  ): RpcStream {
    const { session, common } = this;
    if (this.gone || session.closed || session.destroyed) return this.unsent(this.lost(), events);
    const headers: OutgoingHttpHeaders = { ...common, ':path': this.pathOf(endpoint) };
    const problem = addHead(headers, head);
    if (problem !== undefined) {
      return this.unsent(
        new SkerryError('SKERRY_TRANSPORT_FRAME_TOO_LARGE', `cannot call ${endpoint} at ${this.address}: ${problem}`),
        events,
      );
    }
    const stream = new ClientStream(this, session.request(headers), endpoint, events);
    if (++this.running === 1) this.watch();
    stream.begin(payload, end);
    return stream;
  }

  onClose(listener: () => void): void {
    if (this.gone) listener();
    else this.listeners.push(listener);
  }

  close(): void {
    this.failure ??= this.lost();
    this.session.destroy();
  }

  closed(): void {
    if (--this.running > 0) return;
    this.keepAlive?.cancel();
    this.keepAlive = undefined;
  }

  unanswered(): void {
    const { clock } = this.connection;
    // Peers end connections that ask often.
    if (clock.now() - this.askedAt >= this.options.suspicionMs) this.ask();
  }

  /** Asks at times whether the peer is there, while calls wait for it. */
  private watch(): void {
    const { clock } = this.connection;
    this.keepAlive = clock.setTimer(
      this.options.keepAliveMs,
      () => {
        this.watch();
        this.ask();
      },
      true,
    );
  }

  private ask(): void {
    if (this.gone || this.asking || this.session.destroyed) return;
    const { clock } = this.connection;
    const { keepAliveTimeoutMs } = this.options;
    this.askedAt = clock.now();
    const silent = (): void => {
      this.lose(`it did not answer within ${keepAliveTimeoutMs} ms`);
      this.session.destroy();
    };
    this.asking = clock.setTimer(keepAliveTimeoutMs, silent, true);
    this.session.ping(() => {
      this.asking?.cancel();
      this.asking = undefined;
    });
  }

  private leaves(code: number, lastStream: number): void {
    this.draining = true;
    this.lastTaken = lastStream;
    if (code !== constants.NGHTTP2_NO_ERROR) this.lose(`it ended the connection with the HTTP/2 code ${code}`);
  }

  private lose(why: string, cause?: unknown): void {
    this.draining = true;
    this.failure ??= new SkerryError(
      'SKERRY_RPC_CONNECTION_LOST',
      `the connection to ${this.address} ended: ${why}`,
      cause === undefined ? {} : { cause },
    );
  }

  private ended(): void {
    if (this.gone) return;
    this.gone = this.draining = true;
    this.failure ??= this.lost();
    this.keepAlive?.cancel();
    this.asking?.cancel();
    for (const listener of this.listeners.splice(0)) listener();
  }

  private unsent(error: SkerryError, events: StreamEvents): RpcStream {
    queueMicrotask(() => events.lost(error, false));
    return noStream;
  }

  private lost(): SkerryError {
    return this.failure ?? new SkerryError('SKERRY_RPC_CONNECTION_LOST', `the connection to ${this.address} ended`);
  }
}
