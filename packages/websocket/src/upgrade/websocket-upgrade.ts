import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { defaultTransportLimits, Patience, type HttpUpgrade, type ProtocolHost } from '@skerry/core';
import { Handshake, nativeSubprotocol, refuseUpgrade } from '../transport/handshake.js';
import { formatWebSocketAddress } from '../transport/websocket-address.js';
import { WebSocketLink } from '../transport/websocket-link.js';
import { resolveWebSocketOptions, type ResolvedWebSocketOptions, type WebSocketOptions } from '../websocket-options.js';
import { JsonRpcPeer } from './json-rpc-peer.js';

/** What frames and envelopes put around a message, at most. */
const aroundMessageBytes = 64 * 1024;
/** How long one that was refused may take to read why. */
const lingerMs = 1_000;
/** What JSON-RPC is called among the protocols that a WebSocket can carry. */
const jsonRpcSubprotocol = 'jsonrpc';
/** Going away (RFC 6455, 7.4.1). */
const goingAway = 1001;

/** WebSockets on the port of an application: the native protocol under `skerry.1`, JSON-RPC under `jsonrpc` or no name at all. */
export class WebSocketUpgrade implements HttpUpgrade {
  readonly protocol = 'websocket';
  private readonly options: ResolvedWebSocketOptions;
  /** Of the native protocol; their calls and their end are the server's business. */
  private readonly links = new Set<WebSocketLink>();
  private readonly peers = new Set<JsonRpcPeer>();
  private handshake: Handshake | undefined;
  private draining = false;
  private empty?: () => void;

  constructor(options: WebSocketOptions = {}) {
    this.options = resolveWebSocketOptions(options);
  }

  allows(origin: string): boolean {
    const { origins } = this.options;
    return origins.includes('*') || origins.includes(origin);
  }

  accept(request: IncomingMessage, duplex: Duplex, head: Buffer, host: ProtocolHost): void {
    const socket = duplex as Socket;
    socket.on('error', () => undefined);
    const offered = subprotocolsOf(request);
    const why = this.reasonToRefuse(request, offered);
    if (why) {
      refuseUpgrade(socket, ...why);
      const patience = new Patience(host.clock, lingerMs, () => socket.destroy());
      patience.begin();
      socket.once('close', () => patience.end());
      return;
    }
    const native = offered.includes(nativeSubprotocol);
    const maxFrameBytes = host.maxMessageBytes + aroundMessageBytes;
    this.handshake ??= new Handshake(maxFrameBytes, (names) => choose([...names]));
    this.handshake.answer(request, socket, head, (webSocket) => {
      const peer = peerOf(socket);
      const { clock } = host;
      const limits = { ...defaultTransportLimits, maxFrameBytes };
      if (native) {
        const link = new WebSocketLink(webSocket, socket, peer, clock, limits);
        if (this.draining) link.closeCode = goingAway;
        this.links.add(link);
        webSocket.once('close', () => this.gone(this.links, link));
        host.serve(link);
        return;
      }
      // What is too large to be taken was refused by the library; answers of a batch are bounded by themselves.
      const link = new WebSocketLink(webSocket, socket, peer, clock, { ...limits, maxFrameBytes: Infinity }, 'text');
      const served: JsonRpcPeer = new JsonRpcPeer(link, host, this.options, () => this.gone(this.peers, served));
      this.peers.add(served);
    });
  }

  drain(): void {
    this.draining = true;
    for (const link of this.links) link.closeCode = goingAway;
    for (const peer of this.peers) peer.drain();
  }

  /** The server closes the links of the native protocol itself. Bounded by their patience with peers that do not let go. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.empty = resolve;
      for (const peer of this.peers) peer.close();
      this.gone(this.peers);
    });
  }

  private gone<T>(all: Set<T>, one?: T): void {
    if (one) all.delete(one);
    if (this.links.size + this.peers.size === 0) this.empty?.();
  }

  private reasonToRefuse(
    { url = '' }: IncomingMessage,
    offered: readonly string[],
  ): [status: string, why: string] | undefined {
    const { path, jsonRpc } = this.options;
    if (url.split('?', 1)[0] !== path) return ['404 Not Found', `there is no WebSocket at ${url.slice(0, 100)}`];
    const known = jsonRpc ? [nativeSubprotocol, jsonRpcSubprotocol] : [nativeSubprotocol];
    if (offered.some((each) => known.includes(each)) || (jsonRpc && offered.length === 0)) return undefined;
    return ['400 Bad Request', `offer one of the subprotocols ${known.join(', ')}${jsonRpc ? ', or none' : ''}`];
  }
}

/** As a client lists them: the first are those that it likes best, of which the native protocol can do more. */
function choose(offered: readonly string[]): string | false {
  return [nativeSubprotocol, jsonRpcSubprotocol].find((each) => offered.includes(each)) ?? false;
}

function subprotocolsOf({ headers }: IncomingMessage): string[] {
  const text = headers['sec-websocket-protocol'];
  return text === undefined ? [] : text.split(',').map((each) => each.trim());
}

function peerOf(socket: Socket): string {
  const { remoteAddress = 'unknown', remotePort = 0 } = socket;
  const scheme = socket instanceof TLSSocket ? 'wss' : 'ws';
  return formatWebSocketAddress({ scheme, host: remoteAddress, port: remotePort, path: '/' });
}
