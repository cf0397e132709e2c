import type { Clock } from '../clock/clock.js';
import type { Codec } from '../codec/codec.js';
import { Codecs } from '../codec/codecs.js';
import { endpointMessages, type EndpointMessages } from '../codec/endpoint-messages.js';
import { Context } from '../context/context.js';
import type { Peer } from '../context/peer.js';
import { fromMetadata } from '../context/propagation.js';
import { nearest } from '../errors/nearest.js';
import { SkerryError, type ErrorOrigin } from '../errors/skerry-error.js';
import { toWire } from '../errors/wire.js';
import { RpcConnection } from '../rpc/connection.js';
import type { KeepAlive } from '../rpc/keep-alive.js';
import { LocalConnection } from '../rpc/local-connection.js';
import { maxU32 } from '../rpc/protocol.js';
import type { OpenHead, Resolution, RpcStream } from '../rpc/stream.js';
import type { Link, Listener } from '../transport/driver.js';
import type { Transport } from '../transport/transport.js';
import type { CallObserver } from './call-observer.js';
import type { Endpoint } from './endpoint.js';
import type { IncomingCall, OpenProtocol, ProtocolHost, ServerProtocol } from './protocol.js';
import { expired, leaving, unknownCodec } from './refusals.js';
import { ServerCall, type CallHost } from './server-call.js';
import type { ServerEvents } from './server-events.js';

export interface ServerOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly codecs: Codecs;
  /** What is served beside the native protocol. Default: nothing. */
  readonly protocols?: readonly ServerProtocol[];
  readonly maxMessageBytes: number;
  readonly endpoints: readonly Endpoint[];
  /** Times that differ from a server's own. */
  readonly keepAlive?: Partial<KeepAlive>;
  readonly events: ServerEvents;
  readonly observer?: CallObserver | undefined;
}

/** A handler, and how the messages of one connection are written. */
interface Callable {
  readonly endpoint: Endpoint;
  readonly messages: EndpointMessages;
}

/** Takes calls from peers and gives them to handlers. */
export class Server {
  private readonly endpoints: ReadonlyMap<string, Endpoint>;
  private readonly connections = new Set<RpcConnection<Callable>>();
  private readonly calls = new Set<ServerCall>();
  private readonly listeners: Listener[] = [];
  private readonly protocols: readonly { readonly name: string; readonly open: OpenProtocol }[];
  private sharesPort = false;
  private readonly host: CallHost;
  /** The calls that {@link drain} did not wait for, as `service.handler`. */
  readonly cutOff: string[] = [];
  private idle?: () => void;
  private draining = false;

  constructor(private readonly options: ServerOptions) {
    this.endpoints = new Map(options.endpoints.map((endpoint) => [endpoint.name, endpoint]));
    this.host = {
      events: options.events,
      observer: options.observer,
      finished: (call) => {
        this.calls.delete(call);
        if (this.calls.size === 0) this.idle?.();
      },
    };
    const host = this.protocolHost();
    this.protocols = (options.protocols ?? []).map((each) => ({ name: each.name, open: each.open(host) }));
  }

  /** The short way to these endpoints for callers of the same process, who are called `self`. */
  local(self: ErrorOrigin, codec: Codec = this.options.codecs.preferred): LocalConnection<Callable> {
    const { clock, maxMessageBytes } = this.options;
    const connection: LocalConnection<Callable> = new LocalConnection<Callable>({
      ...{ clock, codec, maxMessageBytes, self },
      speaking: (other) => this.local(self, other),
      // Calls that run may finish, with all that they need; they began before.
      leaving: () => this.draining && Context.current() === undefined,
      acceptor: {
        resolve: (name) => this.callable(name, connection.codec),
        accept: (stream, { endpoint, messages }, head, payload, ended) =>
          this.begin(stream, endpoint, messages, head, payload, ended, self, undefined),
      },
    });
    return connection;
  }

  /** How many calls are running. */
  get inFlight(): number {
    return this.calls.size;
  }

  /** Starts taking calls at `address`; resolves with where that really is. */
  async listen(address: string): Promise<string> {
    const listener = await this.options.transport.listen(
      address,
      (link) => this.accept(link),
      (error) => this.options.events({ type: 'peer-refused', error }),
      this.protocols.map(({ open }) => open),
    );
    this.sharesPort ||= listener.sharesPort === true;
    this.listeners.push(listener);
    this.options.events({ type: 'listening', address: listener.address });
    return listener.address;
  }

  /**
   * Where the protocols beside the native one are reached, by their names.
   *
   * @param address Where this server is reached, as others are told.
   */
  addresses(address: string): Readonly<Record<string, string>> {
    if (!this.sharesPort) return {};
    const known = this.protocols.map(({ name, open }) => [name, open.address(address)] as const);
    return Object.fromEntries(known.filter((each): each is [string, string] => each[1] !== undefined));
  }

  /**
   * Takes no new calls, tells peers so, and lets those that run finish. Resolves when they have, or after `timeoutMs`,
   * when what is left was cancelled. Gives their number.
   */
  async drain(timeoutMs: number): Promise<number> {
    this.draining = true;
    for (const connection of this.connections) connection.goAway();
    for (const { open } of this.protocols) open.drain();
    if (this.calls.size === 0) return 0;
    await new Promise<void>((resolve) => {
      const timer = this.options.clock.setTimer(timeoutMs, resolve);
      this.idle = () => {
        timer.cancel();
        resolve();
      };
    });
    const left = [...this.calls];
    const reason = new SkerryError(
      'SKERRY_RPC_DRAINING',
      `the node shut down after waiting ${timeoutMs} ms for the call`,
      {
        retryable: false,
      },
    );
    this.cutOff.push(...left.map(({ endpoint }) => endpoint.name));
    for (const call of left) {
      if (call.waits) call.refuse(leaving(call.endpoint));
      else call.abort(reason);
    }
    return left.length;
  }

  /** Frees the addresses and closes all connections, after what they still have to send. */
  async close(): Promise<void> {
    await Promise.all(this.listeners.map((listener) => listener.close()));
    await Promise.all([
      ...[...this.connections].map((connection) => closed(connection)),
      ...this.protocols.map(({ open }) => open.close()),
    ]);
  }

  private accept(link: Link): void {
    const { clock, codecs, events, maxMessageBytes } = this.options;
    const peer = link.remote ?? { address: link.peer };
    const connection: RpcConnection<Callable> = new RpcConnection<Callable>(link, {
      role: 'server',
      clock,
      hello: { codec: codecs.preferred.name, codecs: codecs.names },
      limits: { maxMessageBytes },
      keepAlive: { ...this.options.keepAlive },
      acceptor: {
        resolve: (name) => this.callable(name, codecs.named(connection.peerHello!.codec)),
        accept: (stream, { endpoint, messages }, head, payload, ended) =>
          this.begin(stream, endpoint, messages, head, payload, ended, connection.peerHello, peer),
      },
    });
    this.connections.add(connection);
    if (this.draining) connection.goAway();
    connection.onClose((error) => {
      this.connections.delete(connection);
      if (!error) return;
      const type = error.code === 'SKERRY_RPC_CONNECTION_LOST' ? 'peer-lost' : 'peer-refused';
      events({ type, peer: link.peer, error });
    });
  }

  private begin(
    stream: RpcStream,
    endpoint: Endpoint,
    messages: EndpointMessages,
    head: OpenHead,
    payload: Buffer | undefined,
    ended: boolean,
    caller: Partial<ErrorOrigin> | undefined,
    peer: Peer | undefined,
  ): ServerCall {
    const { clock } = this.options;
    const received = head.metadata ? fromMetadata(head.metadata) : undefined;
    const carried = received?.carried;
    const context = new Context(clock, {
      deadline: head.timeoutMs === maxU32 ? Infinity : clock.now() + head.timeoutMs,
      operation: endpoint.name,
      traceId: head.traceId,
      parentSpanId: head.spanId,
      traceFlags: head.traceFlags,
      metadata: received?.metadata,
      traceState: carried?.traceState,
      baggage: carried?.baggage,
      idempotencyKey: carried?.idempotencyKey,
      attempt: carried?.attempt,
      caller: caller?.service && caller.node ? { service: caller.service, node: caller.node } : undefined,
      peer,
    });
    const call = new ServerCall(this.host, endpoint, messages, stream, context);
    this.calls.add(call);
    // Its caller has stopped waiting already, if it is to be believed.
    if (head.timeoutMs === 0) call.refuse(expired(endpoint));
    else call.start(payload, ended);
    return call;
  }

  private protocolHost(): ProtocolHost {
    const { clock, codecs, maxMessageBytes, events, endpoints } = this.options;
    const isDraining = (): boolean => this.draining;
    return {
      ...{ clock, codecs, maxMessageBytes, events, endpoints },
      get draining() {
        return isDraining();
      },
      resolve: (name) => this.resolve(name),
      messages: (codec, { handler }) => endpointMessages(codec, handler.schemas),
      accept: ({ stream, endpoint, messages, head, payload, ended, caller, peer }: IncomingCall) =>
        this.begin(stream, endpoint, messages, head, payload, ended, caller, peer),
      serve: (link) => this.accept(link),
    };
  }

  /** @param codec Of the connection; `undefined` when it is one that nobody here knows. */
  private callable(name: string, codec: Codec | undefined): Resolution<Callable> {
    const resolution = this.resolve(name);
    if ('error' in resolution) return resolution;
    const { endpoint } = resolution;
    if (!codec) return { error: unknownCodec(endpoint, this.options.codecs.names) };
    return { endpoint: { endpoint, messages: endpointMessages(codec, endpoint.handler.schemas) } };
  }

  private resolve(name: string): Resolution<Endpoint> {
    const endpoint = this.endpoints.get(name);
    if (endpoint) return { endpoint };
    const names = [...this.endpoints.keys()];
    const near = nearest(name, names);
    const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `It has ${names.join(', ')}.`;
    const details = { nearest: near };
    const error = new SkerryError('SKERRY_RPC_UNKNOWN_ENDPOINT', `No handler is called ${name} here. ${hint}`, {
      details,
    });
    const { service, node } = this.options.endpoints[0]!;
    return { error: toWire(error, { service, node }) };
  }
}

function closed(connection: RpcConnection<Callable>): Promise<void> {
  return new Promise((resolve) => {
    connection.onClose(() => resolve());
    connection.close();
  });
}
