import { SkerryError } from '../errors/skerry-error.js';

export interface HostAndPort {
  /** A name, an IPv4 address, or an IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number;
}

const form = /^tcp:\/\/(?:\[([^[\]\s]+)\]|([^[\]:/\s]+)):(\d{1,5})$/;
const highestPort = 65_535;

/**
 * Reads `tcp://host:port`, an IPv6 address in brackets.
 *
 * @param lowestPort 0 where the system may choose one (listening), 1 where it may not (connecting). Default 1.
 */
export function parseTcpAddress(address: string, lowestPort = 1): HostAndPort {
  const parts = form.exec(address);
  const port = Number(parts?.[3]);
  if (!parts || port < lowestPort || port > highestPort) {
    throw new SkerryError(
      'SKERRY_TRANSPORT_ADDRESS_INVALID',
      `cannot use ${JSON.stringify(address)} as a TCP address: write tcp://host:port, an IPv6 host in brackets, ` +
        `the port from ${lowestPort} to ${highestPort}`,
    );
  }
  return { host: (parts[1] ?? parts[2])!, port };
}

export function formatTcpAddress(host: string, port: number): string {
  return host.includes(':') ? `tcp://[${host}]:${port}` : `tcp://${host}:${port}`;
}
