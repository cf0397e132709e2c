import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import {
  Patience,
  SkerryError,
  type Clock,
  type Link,
  type Listener,
  type PortProtocol,
  type TransportDriver,
  type TransportLimits,
} from '@skerry/core';
import { Handshake, nativeSubprotocol, refuseUpgrade } from './handshake.js';
import { formatWebSocketAddress, parseWebSocketAddress } from './websocket-address.js';
import { WebSocketLink } from './websocket-link.js';

export interface ListenOptions {
  readonly clock: Clock;
  readonly limits: TransportLimits;
  readonly scheme: 'ws' | 'wss';
  /** What WebSockets run on: TCP, or TLS. It listens, and tells what connections begin with. */
  readonly below: TransportDriver;
  readonly accept: (link: Link) => void;
  readonly refused: (error: SkerryError) => void;
}

/** Listens for the links of a transport, on a port of their own. Pages are served where applications are: on the shared port. */
export async function listenForWebSockets(address: string, options: ListenOptions): Promise<Listener> {
  const { scheme, below, refused } = options;
  const { host, port, path } = parseWebSocketAddress(address, scheme, 0);
  const entrance = new Entrance(path, options);
  const otherwise = (link: Link): void => {
    link.start({ frame: () => undefined, drained: () => undefined, closed: () => undefined });
    link.destroy();
    refused(badPreface(link.peer, `it sends frames without a WebSocket; have it use ${scheme}://`));
  };
  const where = `${below.scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const listener = await below.listen(where, otherwise, refused, [entrance]);
  const bound = Number(/\d+$/.exec(listener.address)![0]);
  return {
    address: formatWebSocketAddress({ scheme, host, port: bound, path }),
    close: () => {
      entrance.close();
      return listener.close();
    },
  };
}

/** Those that asked for something by HTTP, until each is a link or gone. */
class Entrance implements PortProtocol {
  readonly name = 'websocket';
  readonly alpn = ['http/1.1'];
  private readonly undecided = new Map<Socket, Patience>();
  private readonly handshake: Handshake;
  private readonly http: Server;

  constructor(
    private readonly path: string,
    private readonly options: ListenOptions,
  ) {
    this.handshake = new Handshake(options.limits.maxFrameBytes, () => nativeSubprotocol);
    // It never listens, so it has no clocks of its own.
    this.http = createServer({ requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 })
      .on('upgrade', (request, socket, head) => this.upgrade(request, socket as Socket, head))
      .on('request', ({ socket }) => this.turnAway(socket, '426 Upgrade Required', 'it asks for no WebSocket'))
      .on('clientError', (cause: Error & { code?: string }, socket) => {
        if (cause.code === 'ECONNRESET' || !socket.writable) socket.destroy();
        else this.turnAway(socket as Socket, '400 Bad Request', 'it sent no proper HTTP request');
      });
  }

  /** Every WebSocket begins with a GET (RFC 6455, 4.1); who asks for something else is told so. */
  recognises(first: Buffer): boolean | undefined {
    const letters = first.subarray(0, 4).toString('latin1');
    return /^[A-Z]{1,3}$/.test(letters) ? undefined : /^[A-Z]{3}[A-Z ]/.test(letters) && letters !== 'SKER';
  }

  accept(socket: Socket): void {
    const { clock, limits, refused } = this.options;
    const patience = new Patience(clock, limits.prefaceTimeoutMs, () => {
      const why = `it did not ask for a WebSocket within ${limits.prefaceTimeoutMs} ms`;
      if (!socket.writableEnded) refused(badPreface(this.peerOf(socket), why));
      socket.destroy();
    });
    this.undecided.set(socket, patience);
    patience.begin();
    socket.on('error', () => undefined).once('close', () => this.decided(socket));
    this.http.emit('connection', socket);
    socket.resume();
  }

  close(): void {
    for (const socket of [...this.undecided.keys()]) {
      this.decided(socket);
      socket.destroy();
    }
  }

  private upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const { accept, clock, limits } = this.options;
    const why = reasonToRefuse(request, this.path);
    if (why) {
      this.turnAway(socket, ...why);
      return;
    }
    this.handshake.answer(request, socket, head, (webSocket) => {
      this.decided(socket);
      accept(new WebSocketLink(webSocket, socket, this.peerOf(socket), clock, limits));
    });
  }

  private turnAway(socket: Socket, status: string, why: string): void {
    this.options.refused(badPreface(this.peerOf(socket), why));
    refuseUpgrade(socket, status, why, ['upgrade: websocket']);
  }

  private decided(socket: Socket): void {
    this.undecided.get(socket)?.end();
    this.undecided.delete(socket);
  }

  private peerOf({ remoteAddress = 'unknown', remotePort = 0 }: Socket): string {
    // Both are absent once the peer has gone.
    return formatWebSocketAddress({ scheme: this.options.scheme, host: remoteAddress, port: remotePort, path: '/' });
  }
}

/** What keeps a request from becoming a link, as the status and the words for it. */
function reasonToRefuse(request: IncomingMessage, path: string): [status: string, why: string] | undefined {
  const { url = '', headers } = request;
  if (url.split('?', 1)[0] !== path) return ['404 Not Found', `there is no WebSocket at ${url.slice(0, 100)}`];
  // Pages have no business with a transport between services, and could be of anybody.
  if (headers.origin !== undefined) return ['403 Forbidden', 'it is a page, and pages are not served here'];
  const offered = headers['sec-websocket-protocol']?.split(',').map((each) => each.trim());
  if (offered?.includes(nativeSubprotocol)) return undefined;
  return ['400 Bad Request', `it does not offer the subprotocol ${nativeSubprotocol}`];
}

function badPreface(peer: string, why: string): SkerryError {
  return new SkerryError('SKERRY_TRANSPORT_BAD_PREFACE', `cannot accept ${peer}: ${why}`);
}
