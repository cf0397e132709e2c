import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Clock } from '../clock/clock.js';
import type { SkerryError } from '../errors/skerry-error.js';
import {
  defaultTransportLimits,
  type Link,
  type Listener,
  type TransportDriver,
  type TransportLimits,
} from './driver.js';
import type { PortProtocol } from './port-protocol.js';
import { Reception } from './reception.js';
import { connectSocket } from './socket-connect.js';
import { listenForSockets } from './socket-listener.js';
import { formatTcpAddress, parseTcpAddress } from './tcp-address.js';

/**
 * Frames over TCP, addresses `tcp://host:port`. Each side first says the preface; then every frame is its length (u32
 * big-endian) and its bytes. Frames of one turn leave together, with TCP_NODELAY.
 */
export class TcpTransport implements TransportDriver {
  readonly scheme = 'tcp';
  private readonly limits: TransportLimits;

  constructor(
    private readonly clock: Clock,
    limits: Partial<TransportLimits> = {},
  ) {
    this.limits = { ...defaultTransportLimits, ...limits };
  }

  async listen(
    address: string,
    accept: (link: Link) => void,
    refused: (error: SkerryError) => void,
    others: readonly PortProtocol[] = [],
  ): Promise<Listener> {
    const where = parseTcpAddress(address, 0);
    const { maxConnections } = this.limits;
    const reception = new Reception(this.clock, this.limits, { accept, refused, others }, 'reset');
    const { protocols } = reception;
    const connected = (socket: Socket): void => reception.receive(socket, peerOf(socket), protocols);
    const server = await listenForSockets({ address, where, maxConnections, connected, refused });
    const { address: boundHost, port: boundPort } = server.address() as AddressInfo;
    return {
      address: formatTcpAddress(boundHost, boundPort),
      sharesPort: true,
      close: () => {
        // The server reports its end only with its last link's, but its address is free at once.
        if (server.listening) server.close();
        reception.close();
        return Promise.resolve();
      },
    };
  }

  async connect(address: string, signal: AbortSignal): Promise<Link> {
    const where = parseTcpAddress(address);
    return connectSocket({
      ...{ address, signal, clock: this.clock, limits: this.limits, end: 'reset', peer: peerOf },
      open: () => connect({ ...where, allowHalfOpen: true, noDelay: true }),
    });
  }
}

function peerOf(socket: Socket): string {
  // Both are absent once the peer has gone.
  return formatTcpAddress(socket.remoteAddress ?? 'unknown', socket.remotePort ?? 0);
}
