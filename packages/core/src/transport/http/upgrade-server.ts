import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../clock/clock.js';
import { SkerryError } from '../../errors/skerry-error.js';
import type { TransportLimits } from '../driver.js';
import type { Reception, Visitors } from '../reception.js';
import { ignoreErrors } from '../socket-errors.js';
import { acceptUpgrade, hasToken, upgradeName } from './accept-upgrade.js';

/** HTTP that can do one thing: become a link. Everything else is answered by what to do instead. */
export class UpgradeServer {
  private readonly server = createServer();
  /** What ends the wait for each connection. */
  private readonly waiting = new WeakMap<Socket, () => void>();

  /** @param path Where upgrades are asked for. */
  constructor(
    private readonly path: string,
    private readonly clock: Clock,
    private readonly limits: TransportLimits,
    private readonly reception: Reception,
    private readonly visitors: Pick<Visitors, 'accept' | 'refused'>,
  ) {
    this.server.on('request', (request, response) => this.answer(request, response));
    this.server.on('upgrade', (request, socket, head) => this.upgrade(request, socket as Socket, head));
    this.server.on('clientError', (cause: NodeJS.ErrnoException, socket) => {
      const gone = cause.code === 'ECONNRESET' || cause.code === 'EPIPE';
      this.turnAway(socket as Socket, gone ? undefined : `it speaks no HTTP: ${cause.message}`);
    });
  }

  /** Takes a connection over; by `untilMs` it is a link, or closed. */
  receive(socket: Socket, untilMs: number): void {
    const { clock, limits, reception } = this;
    const late = (): void =>
      this.turnAway(socket, `it did not ask for an upgrade within ${limits.prefaceTimeoutMs} ms`);
    const timer = clock.setTimer(untilMs - clock.now(), late, true);
    const closed = (): void => this.known(socket);
    this.waiting.set(socket, () => {
      timer.cancel();
      socket.off('close', closed);
      reception.release(socket);
    });
    socket.once('close', closed);
    reception.hold(socket, () => timer.cancel());
    this.server.emit('connection', socket);
  }

  private upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    if (request.url !== this.path || !hasToken(request.headers.upgrade, upgradeName)) {
      const status = request.url === this.path ? '426 Upgrade Required' : '404 Not Found';
      ignoreErrors(socket).end(
        `HTTP/1.1 ${status}\r\nConnection: close\r\nUpgrade: ${upgradeName}\r\nContent-Length: 0\r\n\r\n`,
      );
      return;
    }
    this.known(socket);
    this.visitors.accept(acceptUpgrade(request, socket, head, this.clock, this.limits));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const headers = { Connection: 'close', Upgrade: upgradeName, 'Content-Type': 'text/plain' };
    if (request.url !== this.path) response.writeHead(404, headers).end();
    else response.writeHead(426, headers).end(`This port carries ${upgradeName} frames: ask for an upgrade.\n`);
  }

  private turnAway(socket: Socket, why: string | undefined): void {
    this.known(socket);
    ignoreErrors(socket).destroy();
    if (!why) return;
    const { remoteAddress = 'unknown', remotePort = 0 } = socket;
    this.visitors.refused(
      new SkerryError('SKERRY_TRANSPORT_BAD_PREFACE', `cannot accept ${remoteAddress}:${remotePort}: ${why}`),
    );
  }

  private known(socket: Socket): void {
    this.waiting.get(socket)?.();
    this.waiting.delete(socket);
  }
}
