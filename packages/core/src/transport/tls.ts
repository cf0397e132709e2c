import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:tls';
import type { Clock } from '../clock/clock.js';
import type { SkerryError } from '../errors/skerry-error.js';
import type { CalledService } from './called-service.js';
import {
  defaultTransportLimits,
  type Link,
  type Listener,
  type TransportDriver,
  type TransportLimits,
} from './driver.js';
import type { PortProtocol } from './port-protocol.js';
import { Reception, type Candidate } from './reception.js';
import { connectSocket } from './socket-connect.js';
import { ignoreErrors } from './socket-errors.js';
import { listenForSockets } from './socket-listener.js';
import { formatTlsAddress, parseTlsAddress } from './tls-address.js';
import { expectedIdentity } from './tls/peer-identity.js';
import type { TlsCredentials } from './tls/tls-credentials.js';
import { TlsDoor } from './tls/tls-door.js';
import { explainConnect, failed } from './tls/tls-errors.js';

/** What the native protocol is called inside of TLS. */
const alpn = 'skerry';

/**
 * Frames over TLS, addresses `tls://host:port`: as over TCP, inside of a verified and encrypted connection, and an end in order
 * is said before. All protocols of the port are spoken inside. Both sides are verified as {@link TlsCredentials} say.
 */
export class TlsTransport implements TransportDriver {
  readonly scheme = 'tls';
  private readonly limits: TransportLimits;

  constructor(
    private readonly clock: Clock,
    private readonly credentials: TlsCredentials,
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
    const where = parseTlsAddress(address, 0);
    const { clock, credentials, limits } = this;
    credentials.mustHaveOwn(address);
    const reception = new Reception(clock, limits, { accept, refused, others }, 'farewell');
    const inside = reception.protocols;
    const door = new TlsDoor(reception, {
      ...{ credentials, clock, refused, prefaceTimeoutMs: limits.prefaceTimeoutMs },
      alpn: namesOf(others),
      enter: (socket, peer, untilMs) => reception.receive(socket, peer, inside, untilMs),
    });
    const plain = credentials.options.plaintext === 'allow' ? inside : inside.map((each) => refusePlain(each, refused));
    const candidates = [door, ...plain];
    const server = await listenForSockets({
      ...{ address, where, refused, maxConnections: limits.maxConnections },
      connected: (socket) => reception.receive(socket, peerOf(socket), candidates),
    });
    const { address: boundHost, port: boundPort } = server.address() as AddressInfo;
    return {
      address: formatTlsAddress(boundHost, boundPort),
      sharesPort: true,
      close: () => {
        if (server.listening) server.close();
        reception.close();
        return Promise.resolve();
      },
    };
  }

  async connect(address: string, signal: AbortSignal, service?: CalledService): Promise<Link> {
    const { host, port } = parseTlsAddress(address);
    const { clock, credentials, limits } = this;
    const identity = expectedIdentity(host, credentials.options.serverName, service);
    return connectSocket({
      ...{ address, signal, clock, limits, end: 'farewell', peer: peerOf, connected: 'secureConnect' },
      explain: (cause) => explainConnect(address, cause),
      open: () => {
        const socket = connect({
          ...{ host, port, allowHalfOpen: true, ...identity },
          secureContext: credentials.current.context,
          // Said, because an environment variable changes the default.
          rejectUnauthorized: true,
          ALPNProtocols: [alpn],
        });
        return socket.setNoDelay(true);
      },
    });
  }
}

/** A peer that names only what the port does not know is refused; so where one of its protocols has no name, none is agreed on. */
function namesOf(others: readonly PortProtocol[]): readonly string[] {
  const names = others.map((other) => other.alpn ?? []);
  return names.some(({ length }) => length === 0) ? [] : [alpn, ...names.flat()];
}

/** Who speaks without TLS what would be understood inside of it is told so, in our log if not in his. */
function refusePlain(candidate: Candidate, refused: (error: SkerryError) => void): Candidate {
  return {
    recognises: (first) => candidate.recognises(first),
    take: (socket, peer) => {
      ignoreErrors(socket).destroy();
      const why =
        'it speaks without TLS: have it use tls:// or https://, or set tls.plaintext to allow while a system moves over';
      refused(failed('accept', peer, why));
    },
  };
}

function peerOf(socket: Socket): string {
  return formatTlsAddress(socket.remoteAddress ?? 'unknown', socket.remotePort ?? 0);
}
