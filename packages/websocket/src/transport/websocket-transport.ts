import type { Socket } from 'node:net';
import {
  defaultTransportLimits,
  expectedIdentity,
  explainConnect,
  Patience,
  SkerryError,
  TcpTransport,
  TlsTransport,
  type CalledService,
  type Clock,
  type Link,
  type Listener,
  type TlsCredentials,
  type TransportDriver,
  type TransportLimits,
} from '@skerry/core';
import { WebSocket, type ClientOptions } from 'ws';
import { clientOptions, nativeSubprotocol } from './handshake.js';
import { parseWebSocketAddress } from './websocket-address.js';
import { WebSocketLink } from './websocket-link.js';
import { listenForWebSockets } from './websocket-listener.js';

/**
 * Frames over WebSockets, addresses `ws://host:port/path`: one binary message each, under the subprotocol `skerry.1`. With
 * TLS, `wss://host:port/path`. A transport of its own port; what shares the application's is `WebSocketModule`.
 */
export class WebSocketTransport implements TransportDriver {
  readonly scheme: 'ws' | 'wss';
  private readonly limits: TransportLimits;

  /** @param tls Makes it `wss`: both sides are verified as these say. */
  constructor(
    private readonly clock: Clock,
    limits: Partial<TransportLimits> = {},
    private readonly tls?: TlsCredentials,
  ) {
    this.scheme = tls ? 'wss' : 'ws';
    this.limits = { ...defaultTransportLimits, ...limits };
  }

  listen(address: string, accept: (link: Link) => void, refused: (error: SkerryError) => void): Promise<Listener> {
    const { clock, limits, tls, scheme } = this;
    const below = tls ? new TlsTransport(clock, tls, limits) : new TcpTransport(clock, limits);
    return listenForWebSockets(address, { clock, limits, scheme, below, accept, refused });
  }

  connect(address: string, signal: AbortSignal, service?: CalledService): Promise<Link> {
    return new Promise((resolve, reject) => {
      // Thrown here it rejects.
      const { host } = parseWebSocketAddress(address, this.scheme);
      signal.throwIfAborted();
      const { clock, limits } = this;
      const webSocket = new WebSocket(
        address,
        [nativeSubprotocol],
        clientOptions(limits.maxFrameBytes, this.tls && handshakeOf(this.tls, host, service)),
      );
      const { prefaceTimeoutMs } = limits;
      const patience = new Patience(clock, prefaceTimeoutMs, () =>
        fail(connectFailed(address, `it did not answer within ${prefaceTimeoutMs} ms`)),
      );
      const decided = (): void => {
        patience.end();
        signal.removeEventListener('abort', aborted);
      };
      const fail = (error: unknown): void => {
        decided();
        reject(error as Error);
        webSocket.terminate();
      };
      const aborted = (): void => fail(signal.reason);
      signal.addEventListener('abort', aborted, { once: true });
      patience.begin();
      let socket!: Socket;
      webSocket
        .on('upgrade', (response) => (socket = response.socket))
        .on('unexpected-response', (_request, response) =>
          fail(badPreface(address, `it answers ${response.statusCode} ${response.statusMessage ?? ''}`.trimEnd())),
        )
        // Stays for good: a WebSocket that is given up tells of it as well.
        .on('error', (cause: Error & { code?: string }) => fail(whyNot(address, cause)))
        .on('open', () => {
          decided();
          webSocket.removeAllListeners();
          webSocket.pause();
          resolve(new WebSocketLink(webSocket, socket, address, clock, limits));
        });
    });
  }
}

/** What is asked of who is connected to. */
function handshakeOf(
  { current, options }: TlsCredentials,
  host: string,
  service: CalledService | undefined,
): ClientOptions {
  return {
    ...current.options,
    ...expectedIdentity(host, options.serverName, service),
    // Said, because an environment variable changes the default.
    rejectUnauthorized: true,
    // The library's types have an older form of the check.
  } as unknown as ClientOptions;
}

function whyNot(address: string, cause: Error & { code?: string }): SkerryError {
  if (spokeOtherwise(cause)) return badPreface(address, cause.message);
  return explainConnect(address, cause) ?? connectFailed(address, reasonOf(cause), cause);
}

/** An answer came, and it was none of a WebSocket: the parser or the library says so. */
function spokeOtherwise({ code, message }: Error & { code?: string }): boolean {
  return code?.startsWith('HPE_') === true || /Sec-WebSocket|Upgrade header|subprotocol/i.test(message);
}

/** Trying several addresses of one name fails with an error that has no message of its own. */
function reasonOf(cause: Error & { code?: string }): string {
  return cause.message || cause.code || cause.name;
}

function connectFailed(address: string, reason: string, cause?: Error): SkerryError {
  return new SkerryError('SKERRY_RPC_CONNECT_FAILED', `cannot connect to ${address}: ${reason}`, { cause });
}

function badPreface(address: string, complaint: string): SkerryError {
  return new SkerryError(
    'SKERRY_TRANSPORT_BAD_PREFACE',
    `cannot connect to ${address}: ${complaint}; it must be a WebSocket of a Skerry peer, with the subprotocol ${nativeSubprotocol}`,
  );
}
