import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Deadlines } from '../clock/deadlines.js';
import { SkerryError } from '../errors/skerry-error.js';
import { toWire, type WireError } from '../errors/wire.js';
import type { OpenProtocol, ProtocolHost } from '../server/protocol.js';
import { remotePeer } from '../transport/tls/remote-peer.js';
import { Cors } from './cors.js';
import { EndpointPaths } from './endpoint-paths.js';
import { HttpCalls } from './http-calls.js';
import type { HttpConnection } from './http-connection.js';
import { HttpConnections } from './http-connections.js';
import type { HttpExtensions } from './http-extensions.js';
import type { ResolvedHttpOptions } from './http-options.js';
import { httpRefusal } from './http-refusal.js';
import { HttpReplies } from './http-replies.js';
import type { HttpRoute } from './http-route.js';
import { HttpUpgrades } from './http-upgrades.js';
import { RpcRoute, rpcPath } from './rpc-route.js';
import { recognisesHttp } from './recognise-http.js';
import { rawProblem } from './raw-problem.js';
import { serviceIndex } from './service-index.js';

/** Requests of one connection that run at once. Only pipelining makes more, and nobody does that in earnest: the connection is cut. */
const mostAtOnce = 100;

/** HTTP/1.1 on the port of a server that listens. Node's parser and responses, and none of its clocks. */
export class OpenHttp implements OpenProtocol {
  readonly name = 'http';
  readonly alpn = ['http/1.1'];
  private readonly server: Server;
  private readonly connections: HttpConnections;
  private readonly deadlines: Deadlines;
  private readonly replies: HttpReplies;
  private readonly paths: EndpointPaths;
  private readonly calls: HttpCalls;
  private readonly routes: ReadonlyMap<string, HttpRoute>;
  private readonly upgrades: HttpUpgrades;
  private readonly cors: Cors;
  private readonly rpc: RpcRoute | undefined;

  constructor(
    private readonly host: ProtocolHost,
    options: ResolvedHttpOptions,
    { upgrades = [], routes = [], envelopes }: HttpExtensions,
  ) {
    const { clock } = host;
    this.deadlines = new Deadlines(clock);
    this.replies = new HttpReplies(options.compression);
    this.paths = new EndpointPaths(host);
    const ground = { host, deadlines: this.deadlines, replies: this.replies };
    this.calls = new HttpCalls(ground, options);
    if (options.jsonRpc) this.rpc = new RpcRoute(ground, options, envelopes);
    this.cors = new Cors(options.cors);
    this.routes = new Map([serviceIndex(host), ...routes].map((route) => [route.path, route]));
    this.connections = new HttpConnections(clock, options, (connection, what) => this.late(connection, what));
    // It never listens. Who waits for what, and how long, is the connections' business: their clock can be held.
    this.server = createServer({
      maxHeaderSize: options.maxHeaderBytes,
      noDelay: true,
      ...{ requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 },
    });
    this.server
      .on('request', this.request)
      .on('checkContinue', this.request)
      .on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => this.refuse(error, socket));
    this.upgrades = new HttpUpgrades(host, upgrades, this.server, this.connections, this.cors);
  }

  recognises(first: Buffer): boolean | undefined {
    return recognisesHttp(first);
  }

  accept(socket: Socket, peer: string): void {
    this.connections.add(socket, remotePeer(socket, peer));
    this.server.emit('connection', socket);
    socket.resume();
  }

  address(address: string): string | undefined {
    const [, scheme, rest] = /^(tcp|tls):(\/\/.*)$/.exec(address) ?? [];
    return scheme && `${scheme === 'tls' ? 'https' : 'http'}:${rest}`;
  }

  drain(): void {
    this.connections.drain();
    this.upgrades.drain();
  }

  async close(): Promise<void> {
    await Promise.all([this.connections.close(), this.upgrades.close()]);
    this.rpc?.close();
    this.deadlines.close();
  }

  private readonly request = (request: IncomingMessage, response: ServerResponse): void => {
    const connection = this.connections.of(request.socket);
    if (!connection) {
      response.destroy();
      return;
    }
    connection.asked(response);
    response.on('close', () => this.connections.answered(connection, response));
    if (this.host.draining) response.shouldKeepAlive = false;
    if (connection.responses.size > mostAtOnce) {
      request.socket.destroy();
      return;
    }
    const { origin } = request.headers;
    if (origin !== undefined && !this.cors.admits(request, response, origin)) {
      return this.replies.fail(request, response, foreign(origin));
    }
    if (response.writableEnded) return;
    const url = request.url!;
    const at = url.indexOf('?');
    const path = at < 0 ? url : url.slice(0, at);
    const route = this.routes.get(path);
    if (route) return this.toRoute(route, request, response);
    if (path === rpcPath && this.rpc) return this.rpc.handle(connection, request, response);
    const endpoint = this.paths.find(path);
    if (endpoint) this.calls.call(connection, request, response, endpoint, at < 0 ? '' : url.slice(at + 1));
    else this.replies.fail(request, response, this.paths.missing(path));
  };

  private toRoute(route: HttpRoute, request: IncomingMessage, response: ServerResponse): void {
    const failed = (thrown: unknown): void => {
      const { service, node } = this.host.endpoints[0]!;
      const traceId = this.host.clock.randomHex(16);
      const { path } = route;
      if (!SkerryError.is(thrown)) {
        this.host.events({ type: 'handler-failed', service, handler: path, node, traceId, error: thrown });
      }
      this.replies.fail(request, response, toWire(thrown, { service, node }, traceId), traceId);
      // Its head is sent, and what it promised does not come.
      if (!response.writableEnded) response.destroy();
    };
    try {
      const handled = route.handle(request, response, this.host);
      if (handled instanceof Promise) handled.catch(failed);
    } catch (thrown) {
      failed(thrown);
    }
  }

  private late(connection: HttpConnection, what: 'headers' | 'body'): void {
    this.reject(connection, `the ${what} of a request did not come in time`, 408);
  }

  /** The parser gave up, or the socket. */
  private refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
    const connection = this.connections.of(socket as Socket);
    if (error.code === 'ECONNRESET' || !connection || !socket.writable) {
      socket.destroy();
      return;
    }
    const tooLarge = error.code === 'HPE_HEADER_OVERFLOW';
    const why = tooLarge ? 'the headers are larger than allowed' : 'it is no HTTP/1.1 request';
    this.reject(connection, why, tooLarge ? 431 : 400);
  }

  /** Answers what will never be a whole request. Those before it are answered first, and then the connection ends. */
  private reject(connection: HttpConnection, why: string, status: number): void {
    const error = httpRefusal('SKERRY_HTTP_REQUEST_INVALID', why);
    const last = [...connection.responses].at(-1);
    if (!last) return rawProblem(connection.socket, error, status);
    connection.finish(last);
    if (last.req.complete) return;
    if (last.headersSent) connection.socket.destroy();
    else this.replies.fail(last.req, last, error, undefined, status);
  }
}

function foreign(origin: string): WireError {
  return httpRefusal(
    'SKERRY_HTTP_ORIGIN_REFUSED',
    `pages of ${origin} may not call this application; if they should, name it in http.cors.origins`,
  );
}
