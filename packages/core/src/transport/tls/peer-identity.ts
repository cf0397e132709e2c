import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import type { CalledService } from '../called-service.js';
import { ServerName } from './server-name.js';

/** What a handshake asks of the one who is connected to. */
export interface ExpectedIdentity {
  /** Sent, so that a server of many names knows which is meant. Not for IP addresses (RFC 6066, 3). */
  readonly servername?: string;
  /** Judges a certificate whose chain is trusted. */
  readonly checkServerIdentity: (host: string, certificate: PeerCertificate) => Error | undefined;
}

/**
 * Throws `SKERRY_TLS_CONFIG_INVALID` where `serverName` is made of the name of a service, and that is missing.
 *
 * @param host       Of the address.
 * @param serverName Of the options.
 * @param service    Whom the connection is for.
 */
export function expectedIdentity(
  host: string,
  serverName: string | undefined,
  service?: CalledService,
): ExpectedIdentity {
  const expected = serverName === undefined ? undefined : ServerName.of(serverName, service);
  if (expected?.isSpiffeId) {
    return { checkServerIdentity: (_host, certificate) => checkSpiffeId(expected, certificate) };
  }
  if (expected && expected.only === undefined) {
    return { checkServerIdentity: (_host, certificate) => checkDnsNames(expected, certificate) };
  }
  const name = expected?.only ?? host;
  return {
    ...(isIP(name) ? {} : { servername: name }),
    checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
  };
}

/** SPIFFE X.509-SVID, 5.2: the id is the only URI among the alternative names. */
function checkSpiffeId(expected: ServerName, { subjectaltname }: PeerCertificate): Error | undefined {
  const { uris: ids } = alternativeNames(subjectaltname);
  const [id] = ids;
  if (ids.length === 1 && expected.fits(id!)) return undefined;
  return misnamed(ids.length > 0 ? ids.join(' and ') : 'nobody by a SPIFFE id', expected);
}

/** Of several names that would do it has one. */
function checkDnsNames(expected: ServerName, { subjectaltname }: PeerCertificate): Error | undefined {
  const { dns } = alternativeNames(subjectaltname);
  return dns.some((name) => expected.fits(name))
    ? undefined
    : misnamed(dns.join(' and ') || 'nobody by a DNS name', expected);
}

function misnamed(who: string, { text }: ServerName): Error {
  return Object.assign(new Error(`it is ${who}, not ${text}`), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
}

/** The names that a certificate is for, of its `subjectAltName` as Node writes it. */
export function alternativeNames(subjectAltName = ''): { readonly uris: string[]; readonly dns: string[] } {
  // What could be mistaken for the end of a name is quoted by Node; no name that anybody should be known by has anything like it.
  const names = subjectAltName.includes('"') ? [] : subjectAltName.split(', ');
  const of = (kind: string): string[] =>
    names.filter((each) => each.startsWith(kind)).map((each) => each.slice(kind.length));
  return { uris: of('URI:'), dns: of('DNS:') };
}
