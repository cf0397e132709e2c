import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ProtocolHost } from '../server/protocol.js';
import { isSame, type Cors } from './cors.js';
import type { HttpConnections } from './http-connections.js';
import { draining, httpRefusal } from './http-refusal.js';
import type { HttpUpgrade } from './http-upgrade.js';
import { rawProblem } from './raw-problem.js';

/** Gives connections to the protocols that they ask for. What nobody knows is ignored, as RFC 9110 allows: it stays HTTP/1.1. */
export class HttpUpgrades {
  private readonly byProtocol: ReadonlyMap<string, HttpUpgrade>;
  private readonly sockets = new Set<Duplex>();

  constructor(
    private readonly host: ProtocolHost,
    upgrades: readonly HttpUpgrade[],
    private readonly server: Server,
    private readonly connections: HttpConnections,
    private readonly cors: Cors,
  ) {
    this.byProtocol = new Map(upgrades.map((each) => [each.protocol.toLowerCase(), each]));
    // Without a listener node ignores upgrades by itself.
    if (this.byProtocol.size > 0) server.on('upgrade', (request, socket, head) => this.accept(request, socket, head));
  }

  drain(): void {
    for (const each of this.byProtocol.values()) each.drain?.();
  }

  async close(): Promise<void> {
    await Promise.all([...this.byProtocol.values()].map(async (each) => each.close?.()));
    for (const socket of this.sockets) socket.destroy();
  }

  private accept(request: IncomingMessage, duplex: Duplex, head: Buffer): void {
    const socket = duplex as Socket;
    // Answers of requests before it are under way, where this connection can no longer be both.
    if (this.connections.of(socket)?.idle === false) {
      socket.destroy();
      return;
    }
    const { origin, host } = request.headers;
    const wanted = request.headers.upgrade!.split(',').map((each) => each.trim().toLowerCase());
    const upgrade = wanted.map((each) => this.byProtocol.get(each)).find((each) => each !== undefined);
    const welcome = (page: string): boolean =>
      this.cors.allows(page) || isSame(page, host) || upgrade?.allows?.(page) === true;
    if (origin !== undefined && !welcome(origin)) {
      const why = `pages of ${origin} may not call this application; if they should, name it in http.cors.origins`;
      rawProblem(socket, httpRefusal('SKERRY_HTTP_ORIGIN_REFUSED', why), 403);
      return;
    }
    if (!upgrade) {
      socket.unshift(Buffer.concat([withoutUpgrade(request), head]));
      this.server.emit('connection', socket);
      socket.resume();
      return;
    }
    if (this.host.draining) {
      rawProblem(socket, draining(), 503);
      return;
    }
    this.connections.remove(socket);
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    upgrade.accept(request, socket, head, this.host);
  }
}

/** A request as it was, but for its wish to be something else. */
function withoutUpgrade({ method, url, rawHeaders }: IncomingMessage): Buffer {
  let text = `${method} ${url} HTTP/1.1\r\n`;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    if (/^(upgrade|http2-settings)$/i.test(name)) continue;
    const value = /^connection$/i.test(name)
      ? rawHeaders[at + 1]!.replace(/\b(upgrade|http2-settings)\b\s*,?/gi, '')
      : rawHeaders[at + 1]!;
    text += `${name}: ${value}\r\n`;
  }
  return Buffer.from(`${text}\r\n`, 'latin1');
}
