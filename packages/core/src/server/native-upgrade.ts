import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { defaultTransportLimits, type TransportLimits } from '../transport/driver.js';
import { acceptUpgrade, upgradeName } from '../transport/http/accept-upgrade.js';
import type { ProtocolHost } from './protocol.js';

/**
 * The native protocol on connections that began as HTTP, for the HTTP protocol of a shared port: one entry of its upgrades, and
 * what `HttpTransport` connects to.
 */
export class NativeUpgrade {
  readonly protocol = upgradeName;
  private readonly limits: TransportLimits;
  private readonly sockets = new Set<Duplex>();

  constructor(limits: Partial<TransportLimits> = {}) {
    this.limits = { ...defaultTransportLimits, ...limits };
  }

  /** Takes a connection over. The server that serves it ends it. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, host: ProtocolHost): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    host.serve(acceptUpgrade(request, socket as Socket, head, host.clock, this.limits));
  }

  /** Resolves when those that the server closes meanwhile have sent what they had to: within {@link TransportLimits.closeTimeoutMs}. */
  async close(): Promise<void> {
    await Promise.all([...this.sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve))));
  }
}
