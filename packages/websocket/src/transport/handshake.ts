import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket, WebSocketServer, type ClientOptions, type ServerOptions } from 'ws';

/** What the native protocol is called among those that a WebSocket can carry. */
export const nativeSubprotocol = 'skerry.1';

/**
 * How the library is used on either side: it compresses nothing, answers no ping by itself, and holds little of a message
 * that comes in a thousand pieces. Pings and ends have times of their own, which go by the Clock.
 */
const common = {
  perMessageDeflate: false,
  autoPong: false,
  maxFragments: 1_024,
  maxBufferedChunks: 16_384,
  // Only after the Clock's own time, which is shorter, was held.
  closeTimeout: 60_000,
} as const;

export function clientOptions(maxMessageBytes: number, tls: ClientOptions = {}): ClientOptions {
  return { ...tls, ...common, maxPayload: mostBytes(maxMessageBytes), followRedirects: false } as ClientOptions;
}

/** Answers requests for a WebSocket. */
export class Handshake {
  private readonly server: WebSocketServer;

  /**
   * @param maxMessageBytes Of a message that is taken.
   * @param choose          One of the subprotocols that a peer offers, or none.
   */
  constructor(maxMessageBytes: number, choose: (offered: ReadonlySet<string>) => string | false) {
    const options = { ...common, noServer: true, clientTracking: false, maxPayload: mostBytes(maxMessageBytes) };
    this.server = new WebSocketServer({ ...options, handleProtocols: choose } as ServerOptions);
  }

  /**
   * Answers, and gives the WebSocket, paused; or refuses what is no proper handshake, with 400, 405 or 426.
   *
   * @param head What came after the request.
   */
  answer(request: IncomingMessage, socket: Socket, head: Buffer, opened: (webSocket: WebSocket) => void): void {
    this.server.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.pause();
      opened(webSocket);
    });
  }
}

/** 0 would be no limit at all. */
function mostBytes(maxMessageBytes: number): number {
  return Math.max(1, maxMessageBytes);
}

/** Ends a request that becomes no WebSocket, with a reason that people can read. */
export function refuseUpgrade(socket: Socket, status: string, why: string, headers: readonly string[] = []): void {
  const body = `${why}\n`;
  const head = [
    `HTTP/1.1 ${status}`,
    ...['connection: close', 'content-type: text/plain; charset=utf-8', `content-length: ${Buffer.byteLength(body)}`],
    ...headers,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  // What is left unread would make the system take the answer back.
  socket.resume();
}
