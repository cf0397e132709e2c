import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../clock/clock.js';
import type { Link, TransportLimits } from '../driver.js';
import { SocketLink } from '../socket-link.js';

/** What the `Upgrade` header names. Another version of the frames will have another name, as it will have another preface. */
export const upgradeName = 'skerry';

const switching =
  'HTTP/1.1 101 Switching Protocols\r\n' + 'Connection: Upgrade\r\n' + `Upgrade: ${upgradeName}\r\n` + '\r\n';

/**
 * Answers a request for an upgrade, and makes a link of its connection: frames follow the blank line both ways, without a preface.
 *
 * @param request Whose `Upgrade` header names {@link upgradeName}.
 * @param socket  Of which the request and `head` were read, and nothing else.
 */
export function acceptUpgrade(
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
  clock: Clock,
  limits: TransportLimits,
): Link {
  socket.write(switching);
  if (head.length > 0) socket.unshift(head);
  return new SocketLink(socket, peerOf(request, socket), clock, limits, 'farewell');
}

/** Whether a header of tokens, such as `Upgrade`, has one of them. */
export function hasToken(header: string | undefined, token: string): boolean {
  return (header ?? '').split(',').some((each) => each.trim().toLowerCase() === token);
}

function peerOf(request: IncomingMessage, { remoteAddress, remotePort }: Socket): string {
  const scheme = 'encrypted' in request.socket ? 'https' : 'http';
  // Behind a proxy it is the proxy: what is forwarded is only a claim. A unix socket has no address.
  const host =
    remoteAddress === undefined ? 'unknown' : remoteAddress.includes(':') ? `[${remoteAddress}]` : remoteAddress;
  return `${scheme}://${host}:${remotePort ?? 0}`;
}
