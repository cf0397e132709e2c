import type { Socket } from 'node:net';
import type {
  Clock,
  Codec,
  Health,
  OpenProtocol,
  ProtocolHost,
  ServerProtocol,
  ServiceDefinition,
  Timer,
} from '@skerry/core';
import { ProtobufCodec } from '@skerry/protobuf';
import { resolveServerOptions, type GrpcServerOptions, type ResolvedServerOptions } from '../grpc-options.js';
import { EndpointRoutes } from './endpoint-routes.js';
import { boundServices } from './bound-services.js';
import { HealthService } from './health-service.js';
import { ReflectionService } from './reflection-service.js';
import { servedFiles } from './served-files.js';
import type { StandardService } from './standard.js';
import { fullName } from '../method-path.js';
import { ServerSession } from './server-session.js';

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const tickMs = 1_000;
/** How long peers may take to read what they were still sent. */
const closeMs = 2_000;

/** Serves gRPC on the port of the native protocol. */
export class GrpcServerProtocol implements ServerProtocol {
  readonly name = 'grpc';
  private readonly options: ResolvedServerOptions;

  /**
   * Throws `SKERRY_OPTION_INVALID`.
   *
   * @param services What the application serves.
   * @param health   What callers are told of it.
   */
  constructor(
    options: GrpcServerOptions,
    private readonly services: readonly ServiceDefinition[],
    private readonly health: Health,
  ) {
    this.options = resolveServerOptions(options);
  }

  open(host: ProtocolHost): OpenGrpc {
    const { service, node } = host.endpoints[0]!;
    const origin = { service, node };
    const bound = boundServices(this.services);
    const names = [
      ...this.services.flatMap(({ name }) => [name, fullName(name)]),
      ...bound.map((each) => each.fullName),
    ];
    const standard: StandardService[] = [new HealthService(this.health, new Set(names), origin)];
    if (this.options.reflection) {
      const served = servedFiles(this.services, bound);
      standard.push(new ReflectionService(served.services, served.files, origin));
    }
    const protobuf: Codec = host.codecs.named('protobuf') ?? new ProtobufCodec();
    const routes = standard.flatMap((each) => each.routes);
    return new OpenGrpc(host, this.options, new EndpointRoutes(host, protobuf, bound, routes), standard);
  }
}

/** gRPC on a server that listens. */
export class OpenGrpc implements OpenProtocol {
  readonly name = 'grpc';
  /** gRPC's clients end a connection on which it was not agreed on. */
  readonly alpn = ['h2'];
  private readonly sessions = new Set<ServerSession>();
  private readonly clock: Clock;
  private timer: Timer | undefined;
  private isClosed?: () => void;

  constructor(
    private readonly host: ProtocolHost,
    private readonly options: ResolvedServerOptions,
    private readonly routes: EndpointRoutes,
    private readonly standard: readonly StandardService[],
  ) {
    this.clock = host.clock;
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
    for (const each of this.standard) each.drain();
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
