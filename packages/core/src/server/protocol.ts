import { InjectionToken } from '../container/token.js';
import type { Clock } from '../clock/clock.js';
import type { Codec } from '../codec/codec.js';
import type { Codecs } from '../codec/codecs.js';
import type { EndpointMessages } from '../codec/endpoint-messages.js';
import type { Context } from '../context/context.js';
import type { Peer } from '../context/peer.js';
import type { ErrorOrigin } from '../errors/skerry-error.js';
import type { OpenHead, Resolution, RpcStream, StreamEvents } from '../rpc/stream.js';
import type { Link } from '../transport/driver.js';
import type { PortProtocol } from '../transport/port-protocol.js';
import type { Endpoint } from './endpoint.js';
import type { ServerEvents } from './server-events.js';

/**
 * A further way for calls into a server, on the port of the native one. It reads calls in its own form, and gives each to
 * {@link ProtocolHost.accept}: from there on all protocols are one pipeline.
 */
export interface ServerProtocol {
  /** In lower case: `http`. Its addresses are registered under this name. */
  readonly name: string;

  /** Makes what takes connections. Called once, before the server listens. May throw what makes the application's start fail. */
  open(host: ProtocolHost): OpenProtocol;
}

/** A protocol of a server that listens. */
export interface OpenProtocol extends PortProtocol {
  /**
   * Where its callers reach it, for the registry; `undefined` when they cannot.
   *
   * @param address Where the server is reached, as it is advertised: `tcp://10.0.0.7:4101`.
   */
  address(address: string): string | undefined;

  /** Takes no new calls. Connections end when nothing runs on them; peers are told so where the protocol can. */
  drain(): void;

  /** Closes all connections, after what they still have to send. Resolves when they are closed; must be bounded in time. */
  close(): Promise<void>;
}

/** All protocols beside the native one: a multi-provider, one entry for each. */
export const SERVER_PROTOCOLS = new InjectionToken<readonly ServerProtocol[]>('SERVER_PROTOCOLS', {
  key: Symbol.for('skerry.server-protocols'),
});

/** The entries of {@link SERVER_PROTOCOLS}. */
export class ServerProtocols {
  constructor(readonly all: readonly ServerProtocol[]) {}
}

/** A call, as a protocol has read it. */
export interface IncomingCall {
  readonly endpoint: Endpoint;
  /** What is sent back. Only what {@link RpcStream} promises its callee is asked of it; `cancel` is never called. */
  readonly stream: RpcStream;
  readonly head: OpenHead;
  /** Of its payloads, both ways: {@link ProtocolHost.messages}, or the protocol's own. */
  readonly messages: EndpointMessages;
  /** The first message; absent when the caller began without one. */
  readonly payload?: Buffer | undefined;
  /** The caller sends no more than {@link payload}. */
  readonly ended: boolean;
  /** As it says itself. */
  readonly caller?: ErrorOrigin | undefined;
  /** The other end of the connection: made once for each, by `remotePeer`. A handler that is not told it takes its caller for nobody. */
  readonly peer?: Peer | undefined;
}

/** A call that has begun, and may be over already. */
export interface AcceptedCall extends StreamEvents {
  /** What its handler runs in. */
  readonly context: Context;
}

/** What a server offers its protocols. */
export interface ProtocolHost {
  readonly clock: Clock;
  readonly codecs: Codecs;
  /** Largest message either way, in bytes; larger ones are refused by the protocol, before they are read. */
  readonly maxMessageBytes: number;
  readonly events: ServerEvents;
  /** Sorted by name. */
  readonly endpoints: readonly Endpoint[];
  /** Whether calls are refused with `SKERRY_RPC_DRAINING`. {@link accept} must not be called then. */
  readonly draining: boolean;

  /** An endpoint by `service.handler`, or what calls of that name are answered. */
  resolve(name: string): Resolution<Endpoint>;

  /** How a codec writes the messages of an endpoint. */
  messages(codec: Codec, endpoint: Endpoint): EndpointMessages;

  /** Begins a call. Never throws; may end it within. */
  accept(call: IncomingCall): AcceptedCall;

  /** Serves the native protocol on a link that came about in the protocol's own way, as by an upgrade. */
  serve(link: Link): void;
}
