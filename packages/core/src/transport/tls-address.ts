import { SkerryError } from '../errors/skerry-error.js';
import { formatTcpAddress, parseTcpAddress, type HostAndPort } from './tcp-address.js';

/** Reads `tls://host:port`, by the rules of {@link parseTcpAddress}. */
export function parseTlsAddress(address: string, lowestPort = 1): HostAndPort {
  if (address.startsWith('tls://')) {
    try {
      return parseTcpAddress(`tcp${address.slice(3)}`, lowestPort);
    } catch {
      // Said below with the scheme that was written.
    }
  }
  throw new SkerryError(
    'SKERRY_TRANSPORT_ADDRESS_INVALID',
    `cannot use ${JSON.stringify(address)} as a TLS address: write tls://host:port, an IPv6 host in brackets, ` +
      `the port from ${lowestPort} to 65535`,
  );
}

export function formatTlsAddress(host: string, port: number): string {
  return `tls${formatTcpAddress(host, port).slice(3)}`;
}
