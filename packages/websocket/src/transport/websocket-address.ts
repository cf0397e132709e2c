import { SkerryError } from '@skerry/core';

export interface WebSocketAddress {
  readonly scheme: 'ws' | 'wss';
  /** A name, an IPv4 address, or an IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number;
  /** Begins with a slash. */
  readonly path: string;
}

const form = /^(wss?):\/\/(?:\[([^[\]\s]+)\]|([^[\]:/\s]+))(?::(\d{1,5}))?(\/[^\s?#]*)?$/;
const defaultPort = { ws: 80, wss: 443 };
const highestPort = 65_535;

/**
 * Reads `ws://host:port/path` or `wss://host:port/path`, an IPv6 address in brackets. Without a port it is that of HTTP,
 * without a path `/`.
 *
 * @param scheme     The one that is wanted.
 * @param lowestPort 0 where the system may choose one (listening), 1 where it may not (connecting). Default 1.
 */
export function parseWebSocketAddress(address: string, scheme: 'ws' | 'wss', lowestPort = 1): WebSocketAddress {
  const parts = form.exec(address);
  const port = Number(parts?.[4] ?? defaultPort[scheme]);
  if (!parts || parts[1] !== scheme || port < lowestPort || port > highestPort) {
    throw new SkerryError(
      'SKERRY_TRANSPORT_ADDRESS_INVALID',
      `cannot use ${JSON.stringify(address)} as a WebSocket address: write ${scheme}://host:port/path, an IPv6 host in ` +
        `brackets, the port from ${lowestPort} to ${highestPort}, without a query`,
    );
  }
  return { scheme, host: (parts[2] ?? parts[3])!, port, path: parts[5] ?? '/' };
}

export function formatWebSocketAddress({ scheme, host, port, path }: WebSocketAddress): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}${path === '/' ? '' : path}`;
}
