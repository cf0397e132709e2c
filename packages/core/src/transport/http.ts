import { connect as connectPlain, type AddressInfo, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
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
import { formatHttpAddress, parseHttpAddress, type HttpAddress } from './http-address.js';
import { requestUpgrade } from './http/request-upgrade.js';
import { UpgradeServer } from './http/upgrade-server.js';
import { Reception } from './reception.js';
import { listenForSockets } from './socket-listener.js';
import { expectedIdentity } from './tls/peer-identity.js';
import type { TlsCredentials } from './tls/tls-credentials.js';
import { TlsDoor } from './tls/tls-door.js';
import { explainConnect } from './tls/tls-errors.js';

const alpn = 'http/1.1';

/**
 * Frames on connections that began as HTTP/1.1, addresses `http://host:port/path` or `https://`: they pass proxies and ingresses
 * that know nothing of Skerry. The client asks for an upgrade to `skerry`, and after the answer frames follow as over TCP, with an
 * end that is said before. A port that only does this; a `tcp://` or `tls://` port of an application with HTTP does it as well.
 */
export class HttpTransport implements TransportDriver {
  private readonly limits: TransportLimits;

  /** @param credentials For `https`. */
  constructor(
    readonly scheme: 'http' | 'https',
    private readonly clock: Clock,
    private readonly credentials: TlsCredentials | undefined,
    limits: Partial<TransportLimits> = {},
  ) {
    this.limits = { ...defaultTransportLimits, ...limits };
  }

  async listen(
    address: string,
    accept: (link: Link) => void,
    refused: (error: SkerryError) => void,
  ): Promise<Listener> {
    const where = parseHttpAddress(address, this.scheme, 0);
    const { clock, limits } = this;
    const reception = new Reception(clock, limits, { accept, refused, others: [] }, 'farewell');
    const http = new UpgradeServer(where.path, clock, limits, reception, { accept, refused });
    const enter = where.secure ? this.door(address, reception, http, refused) : undefined;
    const { host, port } = where;
    const server = await listenForSockets({
      ...{ address, where: { host, port }, refused, maxConnections: limits.maxConnections },
      connected: (socket) => (enter ? enter(socket) : http.receive(socket, reception.untilMs)),
    });
    const { address: boundHost, port: boundPort } = server.address() as AddressInfo;
    return {
      address: formatHttpAddress({ ...where, host: boundHost, port: boundPort }),
      close: () => {
        if (server.listening) server.close();
        reception.close();
        return Promise.resolve();
      },
    };
  }

  async connect(address: string, signal: AbortSignal, service?: CalledService): Promise<Link> {
    const where = parseHttpAddress(address, this.scheme);
    const { clock, limits } = this;
    return requestUpgrade({
      ...{ where, signal, clock, limits },
      explain: (cause) => explainConnect(address, cause),
      open: () =>
        where.secure
          ? this.secured(where, service)
          : connectPlain({ ...pick(where), allowHalfOpen: true, noDelay: true }),
    });
  }

  private door(
    address: string,
    reception: Reception,
    http: UpgradeServer,
    refused: (error: SkerryError) => void,
  ): (socket: Socket) => void {
    const { clock, limits } = this;
    const credentials = this.credentials!;
    credentials.mustHaveOwn(address);
    const door = new TlsDoor(reception, {
      ...{ credentials, clock, refused, prefaceTimeoutMs: limits.prefaceTimeoutMs, alpn: [alpn] },
      enter: (socket, _peer, untilMs) => http.receive(socket, untilMs),
    });
    return (socket) => {
      const { remoteAddress = 'unknown', remotePort = 0 } = socket;
      reception.receive(socket, formatHttpAddress({ secure: true, host: remoteAddress, port: remotePort, path: '/' }), [
        door,
      ]);
    };
  }

  private secured(where: HttpAddress, service: CalledService | undefined): Socket {
    const credentials = this.credentials!;
    const { serverName } = credentials.options;
    const socket = connectTls({
      ...{ ...pick(where), allowHalfOpen: true, ...expectedIdentity(where.host, serverName, service) },
      secureContext: credentials.current.context,
      // Said, because an environment variable changes the default.
      rejectUnauthorized: true,
      ALPNProtocols: [alpn],
    });
    return socket.setNoDelay(true);
  }
}

function pick({ host, port }: HttpAddress): { host: string; port: number } {
  return { host, port };
}
