import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';
import { Patience, SkerryError, type Clock, type Link, type Listener, type TransportLimits } from '@skerry/core';
import { Handshake, nativeSubprotocol, refuseUpgrade } from './handshake.js';
import { formatWebSocketAddress, parseWebSocketAddress } from './websocket-address.js';
import { WebSocketLink } from './websocket-link.js';
import { ofServer, type WebSocketTls } from './websocket-tls.js';

const maxHeaderBytes = 16 * 1024;

export interface ListenOptions {
  readonly clock: Clock;
  readonly limits: TransportLimits;
  readonly tls?: WebSocketTls | undefined;
  readonly scheme: 'ws' | 'wss';
  readonly accept: (link: Link) => void;
  readonly refused: (error: SkerryError) => void;
}

/** Listens for the links of a transport on a port of their own. Browsers are served where applications are: on the shared port. */
export async function listenForWebSockets(address: string, options: ListenOptions): Promise<Listener> {
  const { clock, limits, tls, scheme, accept, refused } = options;
  const { host, port, path } = parseWebSocketAddress(address, scheme, 0);
  const secureContext = tls && contextOf(address, tls);
  const handshake = new Handshake(limits.maxFrameBytes, () => nativeSubprotocol);
  /** Those that are no links yet, and how long each may take. */
  const undecided = new Map<Socket, Patience>();
  const decided = (socket: Socket): void => {
    undecided.get(socket)?.end();
    undecided.delete(socket);
  };
  const turnAway = (socket: Socket, status: string, why: string, headers?: string[]): void => {
    refused(badPreface(peerOf(scheme, socket), why));
    refuseUpgrade(socket, status, why, headers);
  };
  const upgrade = (request: IncomingMessage, socket: Socket, head: Buffer): void => {
    const why = reasonToRefuse(request, path);
    if (why) {
      turnAway(socket, ...why);
      return;
    }
    handshake.answer(request, socket, head, (webSocket) => {
      decided(socket);
      accept(new WebSocketLink(webSocket, socket, peerOf(scheme, socket), clock, limits));
    });
  };
  // It never listens, so it has no clocks of its own.
  const http = createHttpServer({ maxHeaderSize: maxHeaderBytes, noDelay: true, requestTimeout: 0, headersTimeout: 0 })
    .on('upgrade', (request, socket, head) => upgrade(request, socket as Socket, head))
    .on('request', ({ socket }) =>
      turnAway(socket, '426 Upgrade Required', 'here are WebSockets only', ['upgrade: websocket']),
    )
    .on('clientError', (cause: Error & { code?: string }, socket) => {
      if (cause.code === 'ECONNRESET' || !socket.writable) socket.destroy();
      else turnAway(socket as Socket, '400 Bad Request', 'it sent no HTTP request');
    });
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (raw) => {
    const socket = secureContext ? new TLSSocket(raw, { isServer: true, secureContext }) : raw;
    const patience = new Patience(clock, limits.prefaceTimeoutMs, () => {
      if (!socket.writableEnded) {
        const why = `it did not ask for a WebSocket within ${limits.prefaceTimeoutMs} ms`;
        refused(badPreface(peerOf(scheme, socket), why));
      }
      socket.destroy();
    });
    undecided.set(socket, patience);
    patience.begin();
    raw.on('error', () => undefined);
    socket.on('error', () => undefined).once('close', () => decided(socket));
    http.emit('connection', socket);
  });
  await new Promise<void>((resolve, reject) => {
    const failed = (cause: Error): void => reject(listenFailed(address, cause));
    server.once('error', failed);
    server.listen({ host, port }, () => {
      server.off('error', failed);
      resolve();
    });
  });
  // Accepting fails when the process is out of file descriptors; the next peer may be luckier.
  server.on('error', (cause) => refused(listenFailed(address, cause)));
  const bound = server.address() as AddressInfo;
  return {
    address: formatWebSocketAddress({ scheme, host: bound.address, port: bound.port, path }),
    close: () => {
      // The server reports its end only with its last link's, but its address is free at once.
      if (server.listening) server.close();
      for (const [socket] of undecided) {
        decided(socket);
        socket.destroy();
      }
      return Promise.resolve();
    },
  };
}

/** What keeps a request from becoming a link, as the status and the words for it. */
function reasonToRefuse(request: IncomingMessage, path: string): [status: string, why: string] | undefined {
  const { url = '', headers } = request;
  if (url.split('?', 1)[0] !== path) return ['404 Not Found', `there is no WebSocket at ${url.slice(0, 100)}`];
  // Pages have no business with a transport between services, and could be of anybody.
  if (headers.origin !== undefined) return ['403 Forbidden', 'pages are not served here'];
  const offered = headers['sec-websocket-protocol']?.split(',').map((each) => each.trim());
  if (offered?.includes(nativeSubprotocol)) return undefined;
  return ['400 Bad Request', `it does not offer the subprotocol ${nativeSubprotocol}`];
}

function peerOf(scheme: 'ws' | 'wss', { remoteAddress = 'unknown', remotePort = 0 }: Socket): string {
  // Both are absent once the peer has gone.
  return formatWebSocketAddress({ scheme, host: remoteAddress, port: remotePort, path: '/' });
}

function listenFailed(address: string, cause: Error): SkerryError {
  return new SkerryError('SKERRY_TRANSPORT_LISTEN_FAILED', `cannot listen on ${address}: ${cause.message}`, { cause });
}

function badPreface(peer: string, why: string): SkerryError {
  return new SkerryError('SKERRY_TRANSPORT_BAD_PREFACE', `cannot accept ${peer}: ${why}`);
}

function contextOf(address: string, tls: WebSocketTls): SecureContext {
  try {
    return ofServer(tls);
  } catch (cause) {
    throw listenFailed(address, cause as Error);
  }
}
