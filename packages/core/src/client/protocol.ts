import { InjectionToken } from '../container/token.js';
import type { Clock } from '../clock/clock.js';
import type { Codec } from '../codec/codec.js';
import type { ErrorOrigin } from '../errors/skerry-error.js';
import type { RpcStream } from '../rpc/stream.js';
import type { OpenHead, StreamEvents } from '../rpc/stream.js';
import type { CalledService } from '../transport/called-service.js';

/** What calls need of a connection, whatever its protocol; or of the short way to a service of the same process. */
export interface PeerConnection {
  /** As a connection of the native protocol has it: never throws, and what keeps a call from being sent is told by `lost`. */
  open(
    endpoint: string,
    head: OpenHead,
    payload: Uint8Array | undefined,
    end: boolean,
    events: StreamEvents,
  ): RpcStream;
  /** Whether new calls belong on another connection. */
  readonly draining: boolean;
  /** How its messages are written. */
  readonly codec: Codec;
  /** Its messages are values rather than bytes: each is a copy of its own. */
  readonly local?: boolean;
  /** The same peer in another codec, where that needs no other connection. */
  speaking?(codec: Codec): PeerConnection;
}

/** A connection that was made, and is kept until it ends. */
export interface OpenPeer extends PeerConnection {
  /** Calls back once, when the connection takes no more calls for good. */
  onClose(listener: () => void): void;
  /** Calls that are open on it fail. Harmless twice. */
  close(): void;
}

/** Of the application that connects, and of its wishes. */
export interface ConnectOptions {
  readonly self: ErrorOrigin;
  /** Whom the connection is for, where `tls.serverName` tells services apart. Default: for all services of the address. */
  readonly service?: CalledService | undefined;
  readonly codec: Codec;
  readonly clock: Clock;
  /** Largest message either way, in bytes. */
  readonly maxMessageBytes: number;
  /** Aborted when the patience is over: give up, and reject with its reason. */
  readonly signal: AbortSignal;
}

/**
 * A way to call nodes beside the native protocol: those that have an address of its name. Discovery, selection, retries and
 * deadlines are the same as ever; this only carries the calls.
 */
export interface ClientProtocol {
  /** The key of its addresses in the record of a node: `grpc`. */
  readonly name: string;
  /** The codecs that it can carry, by name, the best first. Default: all. */
  readonly codecs?: readonly string[];

  /**
   * Connects to a node. May be called concurrently, and resolve before anything is sent, where the first call will show
   * whether it succeeds. Whatever it rejects with, nothing was sent.
   *
   * @param address The node's: `grpc://10.0.0.7:50051`.
   */
  connect(address: string, options: ConnectOptions): Promise<OpenPeer>;
}

/** All client protocols beside the native one: a multi-provider, one entry for each. */
export const CLIENT_PROTOCOLS = new InjectionToken<readonly ClientProtocol[]>('CLIENT_PROTOCOLS', {
  key: Symbol.for('skerry.client-protocols'),
});
