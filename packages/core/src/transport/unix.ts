import { connect, type Socket } from 'node:net';
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
import { claimSocketFile } from './socket-file.js';
import { listenForSockets } from './socket-listener.js';
import { parseUnixAddress } from './unix-address.js';

export interface UnixOptions extends Partial<TransportLimits> {
  /** Who may connect, as the mode of the socket's file. Default `0o600`: processes of the same user. */
  readonly mode?: number;
}

/**
 * Frames between processes of one machine, addresses `unix:///path/of.sock`, or `unix:///directory/` to listen on a name that is
 * chosen. As over TCP, but an end in order is said before. The file appears with its listener and goes with it; one that a process
 * left behind when it died is replaced.
 */
export class UnixTransport implements TransportDriver {
  readonly scheme = 'unix';
  private readonly limits: TransportLimits;
  private readonly mode: number;

  constructor(
    private readonly clock: Clock,
    { mode = 0o600, ...limits }: UnixOptions = {},
  ) {
    this.limits = { ...defaultTransportLimits, ...limits };
    this.mode = mode;
  }

  async listen(
    address: string,
    accept: (link: Link) => void,
    refused: (error: SkerryError) => void,
    others: readonly PortProtocol[] = [],
  ): Promise<Listener> {
    const path = parseUnixAddress(address, () => `skerry-${this.clock.randomHex(4)}.sock`);
    const { maxConnections } = this.limits;
    const reception = new Reception(this.clock, this.limits, { accept, refused, others }, 'farewell');
    const { protocols } = reception;
    let count = 0;
    // Those who connect have no name of their own.
    const connected = (socket: Socket): void => reception.receive(socket, `unix://${path}#${++count}`, protocols);
    const server = await claimSocketFile(path, this.mode, () =>
      listenForSockets({ address: `unix://${path}`, where: { path }, maxConnections, connected, refused }),
    );
    return {
      address: `unix://${path}`,
      sharesPort: true,
      close: () => {
        // Removes the file as well.
        if (server.listening) server.close();
        reception.close();
        return Promise.resolve();
      },
    };
  }

  async connect(address: string, signal: AbortSignal): Promise<Link> {
    const path = parseUnixAddress(address);
    return connectSocket({
      ...{ address, signal, clock: this.clock, limits: this.limits, end: 'farewell', peer: () => address },
      open: () => connect({ path, allowHalfOpen: true }),
    });
  }
}
