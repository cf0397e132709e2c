import { SkerryError } from '../errors/skerry-error.js';

export interface HttpAddress {
  readonly secure: boolean;
  /** A name, an IPv4 address, or an IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number;
  /** From its slash on; `/` where none was written. */
  readonly path: string;
}

const form = /^(https?):\/\/(?:\[([^[\]\s]+)\]|([^[\]:/\s?#@]+))(?::(\d{1,5}))?(\/[^\s?#]*)?$/;

/**
 * Reads `http://host[:port][/path]`, or the same with `https`.
 *
 * @param scheme     The one that is wanted.
 * @param lowestPort 0 where the system may choose one (listening), 1 where it may not (connecting). Default 1.
 */
export function parseHttpAddress(address: string, scheme: 'http' | 'https', lowestPort = 1): HttpAddress {
  const [, found, v6, name, written, path = '/'] = form.exec(address) ?? [];
  const secure = scheme === 'https';
  const port = written === undefined ? (secure ? 443 : 80) : Number(written);
  if (found !== scheme || port < lowestPort || port > 65_535) {
    throw new SkerryError(
      'SKERRY_TRANSPORT_ADDRESS_INVALID',
      `cannot use ${JSON.stringify(address)} as the address of an HTTP upgrade: write ${scheme}://host:port/path, an IPv6 host in ` +
        `brackets, the port from ${lowestPort} to 65535; port and path may be left out`,
    );
  }
  return { secure, host: (v6 ?? name)!, port, path };
}

export function formatHttpAddress({ secure, host, port, path }: HttpAddress): string {
  const where = host.includes(':') ? `[${host}]` : host;
  return `http${secure ? 's' : ''}://${where}:${port}${path === '/' ? '' : path}`;
}
