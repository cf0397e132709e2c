import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import {
  expectedIdentity,
  SkerryError,
  type CalledService,
  type ClientProtocol,
  type ConnectOptions,
  type OpenPeer,
  type TlsCredentials,
} from '@skerry/core';
import { resolveClientOptions, type GrpcClientOptions, type ResolvedClientOptions } from '../grpc-options.js';
import { methodPath } from '../method-path.js';
import { ClientSession, type SessionAddress } from './client-session.js';

/** Calls nodes that have an address of gRPC: `grpc://10.0.0.7:50051`, or `grpcs://`, which is verified. */
export class GrpcClientProtocol implements ClientProtocol {
  readonly name = 'grpc';
  readonly codecs = ['protobuf'];
  private readonly options: ResolvedClientOptions;
  private readonly paths: Map<string, string>;

  /**
   * Throws `SKERRY_OPTION_INVALID`.
   *
   * @param paths       Of methods that are called otherwise than their handlers, by `service.handler`.
   * @param credentials Of the application, for `grpcs://`; what {@link GrpcClientOptions.tls} says comes before. Default: none of its
   *                    own, and the authorities that Node trusts.
   */
  constructor(
    options: GrpcClientOptions = {},
    paths: ReadonlyMap<string, string> = new Map(),
    private readonly credentials?: TlsCredentials,
  ) {
    this.options = resolveClientOptions(options);
    this.paths = new Map(paths);
  }

  async connect(address: string, options: ConnectOptions): Promise<OpenPeer> {
    const { signal } = options;
    signal.throwIfAborted();
    const where = parseAddress(address);
    const socket = await this.socket(where, options);
    const session = new ClientSession(socket, where, options, this.options, this.pathOf);
    await session.ready(signal);
    return session;
  }

  private readonly pathOf = (endpoint: string): string => {
    let path = this.paths.get(endpoint);
    if (path === undefined) {
      const dot = endpoint.lastIndexOf('.');
      path = methodPath(endpoint.slice(0, dot), endpoint.slice(dot + 1));
      if (this.paths.size < mostPaths) this.paths.set(endpoint, path);
    }
    return path;
  };

  private verification(host: string, service: CalledService | undefined): ConnectionOptions {
    const { tls } = this.options;
    const { credentials } = this;
    if (tls || !credentials) return { ...expectedIdentity(host, tls?.servername), ...tls };
    const identity = expectedIdentity(host, credentials.options.serverName, service);
    return { ...identity, secureContext: credentials.current.context };
  }

  private socket({ secure, host, port }: Where, { signal, service }: ConnectOptions): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = secure
        ? // Said, because an environment variable changes the default.
          connectTls({
            ...{ host, port, ...this.verification(host, service) },
            ...{ rejectUnauthorized: true, ALPNProtocols: ['h2'] },
          })
        : connectTcp({ host, port, noDelay: true });
      socket.setNoDelay(true);
      const settle = (error?: unknown): void => {
        socket.off('error', settle).off('close', closed).off('connect', connected).off('secureConnect', secured);
        signal.removeEventListener('abort', aborted);
        if (error === undefined) {
          resolve(socket);
          return;
        }
        socket.on('error', () => undefined).destroy();
        reject(error as Error);
      };
      const closed = (): void => settle(new Error('it closed the connection'));
      const connected = (): void => {
        if (!secure) settle();
      };
      const secured = (): void => {
        const { alpnProtocol } = socket as ReturnType<typeof connectTls>;
        settle(alpnProtocol === 'h2' ? undefined : new Error('it does not speak HTTP/2 by TLS'));
      };
      const aborted = (): void => settle(signal.reason);
      socket.on('error', settle).on('close', closed).on('connect', connected).on('secureConnect', secured);
      signal.addEventListener('abort', aborted, { once: true });
    });
  }
}

/** Names come from applications, and are few. */
const mostPaths = 10_000;

interface Where extends SessionAddress {
  readonly host: string;
  readonly port: number;
}

function parseAddress(address: string): Where {
  const [, scheme, authority = ''] = /^(grpcs?):\/\/([^/?#]+)\/?$/.exec(address) ?? [];
  const [, bracketed, plain, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s]+)):(\d{1,5})$/.exec(authority) ?? [];
  const host = bracketed ?? plain;
  if (scheme === undefined || host === undefined || Number(port) < 1 || Number(port) > 65_535) {
    throw new SkerryError(
      'SKERRY_TRANSPORT_ADDRESS_INVALID',
      `'${address}' is no address of gRPC; write grpc://host:port, or grpcs://host:port for TLS`,
    );
  }
  return { address, authority, secure: scheme === 'grpcs', host, port: Number(port) };
}
