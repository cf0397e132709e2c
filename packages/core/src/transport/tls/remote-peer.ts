import type { X509Certificate } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { Peer, PeerIdentity } from '../../context/peer.js';
import { alternativeNames } from './peer-identity.js';

/**
 * Who is at the other end of a socket, as handlers see it: once for each connection, when its handshake is done. The certificate
 * is taken at once, for it is gone with the socket, and read when somebody asks.
 *
 * @param address For people.
 */
export function remotePeer(socket: Duplex, address: string): Peer {
  const certificate = verifiedCertificate(socket);
  if (!certificate) return { address };
  let identity: PeerIdentity | undefined;
  return {
    address,
    get identity() {
      return (identity ??= identityOf(certificate));
    },
  };
}

/** A session that is resumed counts as authorized with or without a certificate: so there must be one as well. */
function verifiedCertificate(socket: Duplex): X509Certificate | undefined {
  return socket instanceof TLSSocket && socket.authorized ? socket.getPeerX509Certificate() : undefined;
}

function identityOf(certificate: X509Certificate): PeerIdentity {
  const { subject, subjectAltName, fingerprint256, validTo } = certificate;
  const names = alternativeNames(subjectAltName);
  const [id, ...others] = names.uris;
  const spiffeId = id !== undefined && others.length === 0 && /^spiffe:\/\/[^/]+\/./.test(id) ? id : undefined;
  // An array where there are several, and `null` for a subject that is empty, whatever its type says.
  const parts = certificate.toLegacyObject().subject as { CN?: string | string[] } | null | undefined;
  const commonName = typeof parts?.CN === 'string' ? parts.CN : undefined;
  return Object.freeze({
    ...(spiffeId === undefined ? {} : { spiffeId }),
    dnsNames: Object.freeze(names.dns),
    ...(commonName === undefined ? {} : { commonName }),
    subject: ((subject as string | undefined) ?? '').replaceAll('\n', ', '),
    fingerprint256,
    validTo: new Date(validTo),
  });
}
