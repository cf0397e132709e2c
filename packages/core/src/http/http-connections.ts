import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock, Timer } from '../clock/clock.js';
import type { Peer } from '../context/peer.js';
import { HttpConnection } from './http-connection.js';
import type { ResolvedHttpOptions } from './http-options.js';

const everyMs = 1_000;

/** The connections of a server, each held to its time. One timer does for all, and there is none where there are none. */
export class HttpConnections {
  private readonly all = new Map<Socket, HttpConnection>();
  private timer: Timer | undefined;
  private draining = false;
  private empty?: () => void;

  /** @param overdue Told of whoever let a request wait, before its connection is closed. */
  constructor(
    private readonly clock: Clock,
    private readonly options: ResolvedHttpOptions,
    private readonly overdue: (connection: HttpConnection, what: 'headers' | 'body') => void,
  ) {}

  add(socket: Socket, peer: Peer): void {
    const connection = new HttpConnection(socket, peer, this.clock, this.options);
    this.all.set(socket, connection);
    socket.once('close', () => {
      this.remove(socket);
      // Of several responses node closes the one that was being sent; the others it only forgets.
      queueMicrotask(() => connection.lost());
    });
    this.timer ??= this.clock.setTimer(everyMs, this.look, true);
  }

  of(socket: Socket): HttpConnection | undefined {
    return this.all.get(socket);
  }

  /** It is none of these any more: it was upgraded, or is gone. */
  remove(socket: Socket): void {
    this.all.delete(socket);
    if (this.all.size > 0) return;
    this.timer?.cancel();
    this.timer = undefined;
    this.empty?.();
  }

  /** Those that nothing runs on end now, the others with their last response. */
  drain(): void {
    this.draining = true;
    for (const connection of this.all.values()) {
      if (connection.idle) connection.end();
      for (const response of connection.responses) response.shouldKeepAlive = false;
    }
  }

  answered(connection: HttpConnection, response: ServerResponse): void {
    connection.answered(response);
    // Its head was sent before the server began to drain, and promised to wait for more.
    if (this.draining && connection.idle) connection.end();
  }

  /** Ends all, and cuts off those whose peers do not let go. */
  async close(): Promise<void> {
    if (this.all.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = this.clock.setTimer(everyMs, resolve);
      this.empty = () => {
        timer.cancel();
        resolve();
      };
      for (const connection of this.all.values()) connection.end();
    });
    for (const socket of this.all.keys()) socket.destroy();
  }

  private readonly look = (): void => {
    this.timer = undefined;
    const now = this.clock.now();
    for (const connection of [...this.all.values()]) {
      const what = connection.overdue(now);
      if (what === undefined) continue;
      if (what === 'headers' || what === 'body') this.overdue(connection, what);
      if (what === 'idle') connection.end();
      else if (what !== 'headers' && what !== 'body') connection.socket.destroy();
    }
    if (this.all.size > 0) this.timer ??= this.clock.setTimer(everyMs, this.look, true);
  };
}
