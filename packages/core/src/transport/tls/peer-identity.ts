import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/** What a handshake asks of the one who is connected to. */
export interface ExpectedIdentity {
  /** Sent, so that a server of many names knows which is meant. Not for IP addresses (RFC 6066, 3). */
  readonly servername?: string;
  /** Judges a certificate whose chain is trusted. */
  readonly checkServerIdentity: (host: string, certificate: PeerCertificate) => Error | undefined;
}

/**
 * @param host     Of the address.
 * @param expected `serverName` of the options.
 */
export function expectedIdentity(host: string, expected: string | undefined): ExpectedIdentity {
  if (expected?.startsWith('spiffe://')) {
    return { checkServerIdentity: (_host, certificate) => checkSpiffeId(expected, certificate) };
  }
  const name = expected ?? host;
  return {
    ...(isIP(name) ? {} : { servername: name }),
    checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
  };
}

/** SPIFFE X.509-SVID, 5.2: the id is the only URI among the alternative names. */
function checkSpiffeId(expected: string, { subjectaltname }: PeerCertificate): Error | undefined {
  const { uris: ids } = alternativeNames(subjectaltname);
  const [id] = ids;
  const wanted = expected.endsWith('/*') ? expected.slice(0, -1) : undefined;
  const fits = wanted === undefined ? id === expected : id !== undefined && id.startsWith(wanted) && id !== wanted;
  if (ids.length === 1 && fits) return undefined;
  const error = new Error(`it is ${ids.length > 0 ? ids.join(' and ') : 'nobody by a SPIFFE id'}, not ${expected}`);
  return Object.assign(error, { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
}

/** The names that a certificate is for, of its `subjectAltName` as Node writes it. */
export function alternativeNames(subjectAltName = ''): { readonly uris: string[]; readonly dns: string[] } {
  // What could be mistaken for the end of a name is quoted by Node; no name that anybody should be known by has anything like it.
  const names = subjectAltName.includes('"') ? [] : subjectAltName.split(', ');
  const of = (kind: string): string[] =>
    names.filter((each) => each.startsWith(kind)).map((each) => each.slice(kind.length));
  return { uris: of('URI:'), dns: of('DNS:') };
}
