import type { Socket } from 'node:net';
import type { Clock, Codec, OpenProtocol, ProtocolHost, ServerProtocol, Timer } from '@skerry/core';
import { ProtobufCodec } from '@skerry/protobuf';
import { resolveServerOptions, type GrpcServerOptions, type ResolvedServerOptions } from '../grpc-options.js';
import { EndpointRoutes } from './endpoint-routes.js';
import type { Route } from './route.js';
import { ServerSession } from './server-session.js';

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const tickMs = 1_000;
/** How long peers may take to read what they were still sent. */
const closeMs = 2_000;

/** Serves gRPC on the port of the native protocol. */
export class GrpcServerProtocol implements ServerProtocol {
  readonly name = 'grpc';
  private readonly options: ResolvedServerOptions;

  /** Throws `SKERRY_OPTION_INVALID`. */
  constructor(
    options: GrpcServerOptions = {},
    private readonly standard: (host: ProtocolHost) => readonly Route[] = () => [],
  ) {
    this.options = resolveServerOptions(options);
  }

  open(host: ProtocolHost): OpenGrpc {
    return new OpenGrpc(host, this.options, this.standard(host));
  }
}

/** gRPC on a server that listens. */
export class OpenGrpc implements OpenProtocol {
  readonly name = 'grpc';
  private readonly sessions = new Set<ServerSession>();
  private readonly routes: EndpointRoutes;
  private readonly clock: Clock;
  private timer: Timer | undefined;
  private isClosed?: () => void;

  constructor(
    private readonly host: ProtocolHost,
    private readonly options: ResolvedServerOptions,
    standard: readonly Route[],
  ) {
    this.clock = host.clock;
    const protobuf: Codec = host.codecs.named('protobuf') ?? new ProtobufCodec();
    this.routes = new EndpointRoutes(host, protobuf, standard);
  }

  recognises(first: Buffer): boolean | undefined {
    const shown = first.subarray(0, preface.length);
    if (!preface.subarray(0, shown.length).equals(shown)) return false;
    return shown.length === preface.length ? true : undefined;
  }

  accept(socket: Socket, peer: string): void {
    const { host, clock, options, routes } = this;
    const ground = { host, clock, options, routes, closed: (each: ServerSession) => this.forget(each) };
    const session = new ServerSession(socket, peer, ground);
    this.sessions.add(session);
    if (host.draining) session.goAway();
    this.timer ??= clock.setTimer(tickMs, this.tick, true);
  }

  address(address: string): string | undefined {
    const [, scheme, rest] = /^(tcp|tls):\/\/(.+)$/.exec(address) ?? [];
    if (scheme === undefined) return undefined;
    return `${scheme === 'tls' ? 'grpcs' : 'grpc'}://${rest}`;
  }

  drain(): void {
    for (const session of this.sessions) session.goAway();
  }

  async close(): Promise<void> {
    this.drain();
    if (this.sessions.size > 0) {
      await new Promise<void>((resolve) => {
        const patience = this.clock.setTimer(closeMs, () => {
          for (const session of this.sessions) session.destroy();
        });
        this.isClosed = () => {
          patience.cancel();
          resolve();
        };
      });
    }
    this.timer?.cancel();
  }

  private forget(session: ServerSession): void {
    this.sessions.delete(session);
    if (this.sessions.size > 0) return;
    this.timer?.cancel();
    this.timer = undefined;
    this.isClosed?.();
  }

  private readonly tick = (): void => {
    this.timer = this.clock.setTimer(tickMs, this.tick, true);
    const now = this.clock.now();
    for (const session of this.sessions) session.tick(now);
  };
}

