import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../clock/clock.js';
import { SkerryError } from '../../errors/skerry-error.js';
import type { Link, TransportLimits } from '../driver.js';
import { formatHttpAddress, type HttpAddress } from '../http-address.js';
import { connectFailed, ignoreErrors, reasonOf } from '../socket-errors.js';
import { SocketLink } from '../socket-link.js';
import { upgradeName } from './accept-upgrade.js';

export interface RequestUpgradeOptions {
  readonly where: HttpAddress;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly limits: TransportLimits;
  /** Begins to connect, with `allowHalfOpen`. */
  readonly open: () => Socket;
  /** What a failure means, where it is known better than by the system's own words. */
  readonly explain: (cause: Error) => SkerryError | undefined;
}

/** Of a server, or of a proxy before it, that cannot be asked now. */
const unavailable = new Set([429, 500, 502, 503, 504]);

/** Asks for an upgrade, and makes a link of the connection. Rejects as `TransportDriver.connect` does; nothing stays open then. */
export function requestUpgrade(options: RequestUpgradeOptions): Promise<Link> {
  const { where, signal, clock, limits, explain } = options;
  const address = formatHttpAddress(where);
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = options.open();
    const asking = ask(where, socket);
    const over = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', aborted);
    };
    const fail = (error: unknown): void => {
      over();
      asking.destroy();
      ignoreErrors(socket).destroy();
      reject(error as Error);
    };
    const aborted = (): void => fail(signal.reason);
    const late = (): void =>
      fail(connectFailed(address, `it did not answer the request for an upgrade within ${limits.prefaceTimeoutMs} ms`));
    const timer = clock.setTimer(limits.prefaceTimeoutMs, late, true);
    signal.addEventListener('abort', aborted, { once: true });
    asking
      // The request outlives its connection's time as HTTP, and reports errors of it: the link does that itself.
      .on('error', (cause) => fail(explain(cause) ?? connectFailed(address, reasonOf(cause), cause)))
      .once('response', (response) => fail(notSwitched(address, response)))
      .once('upgrade', (_response, upgraded: Socket, head) => {
        over();
        if (head.length > 0) upgraded.unshift(head);
        resolve(new SocketLink(upgraded, address, clock, limits, 'farewell'));
      })
      .end();
  });
}

function ask({ host, port, path, secure }: HttpAddress, socket: Socket): ClientRequest {
  const name = host.includes(':') ? `[${host}]` : host;
  return request({
    createConnection: () => socket,
    method: 'GET',
    path,
    headers: {
      Host: port === (secure ? 443 : 80) ? name : `${name}:${port}`,
      Connection: 'Upgrade',
      Upgrade: upgradeName,
    },
  });
}

function notSwitched(address: string, { statusCode = 0, statusMessage = '' }: IncomingMessage): SkerryError {
  const answer = `it answers ${statusCode} ${statusMessage}`.trimEnd();
  if (unavailable.has(statusCode)) return connectFailed(address, answer);
  return new SkerryError(
    'SKERRY_TRANSPORT_BAD_PREFACE',
    `cannot connect to ${address}: ${answer} instead of switching to ${upgradeName}; a Skerry server must be behind that path, ` +
      'and proxies on the way must pass on the headers Connection and Upgrade',
    { details: { status: statusCode } },
  );
}
