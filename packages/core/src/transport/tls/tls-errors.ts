import { SkerryError } from '../../errors/skerry-error.js';

interface TlsFailure extends Error {
  readonly code?: string;
  /** The certificate that was shown, where its name was wrong. */
  readonly cert?: { readonly subjectaltname?: string };
}

/** Of OpenSSL's verification, by its code. */
const untrusted: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired: renew it, and look at the clocks of both machines',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: look at the clocks of both machines',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'its certificate is signed by nobody but itself: give that certificate, or a better one’s authority, as tls.ca',
  SELF_SIGNED_CERT_IN_CHAIN:
    'its certificate comes from an authority that is not trusted here: give that as tls.ca (SKERRY_TLS_CA)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate comes from an authority that is not trusted here: give that as tls.ca (SKERRY_TLS_CA)',
  UNABLE_TO_GET_ISSUER_CERT:
    'the chain of its certificate is not whole: append those between it and the authority to its tls.certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'its certificate comes from an authority that is not trusted here: give that as tls.ca (SKERRY_TLS_CA)',
  CERT_SIGNATURE_FAILURE:
    'its certificate comes from an authority that has the name of one that is trusted here, and another key: if it was made anew, give the new one as tls.ca',
  CERT_REVOKED: 'its certificate was revoked',
  INVALID_PURPOSE: 'its certificate is not for this use: look at its extended key usage',
};

/** What a failed handshake means to the side that connected; `undefined` where it was none. */
export function explainConnect(address: string, cause: Error): SkerryError | undefined {
  const { code = '', message, cert } = cause as TlsFailure;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const shown = cert?.subjectaltname ? `its certificate is for ${cert.subjectaltname}: ${message}` : message;
    return notTrusted(
      'connect to',
      address,
      `${shown}; set tls.serverName where it goes by another name than its address`,
      cause,
    );
  }
  const why = distrust(code);
  if (why) return notTrusted('connect to', address, why, cause);
  if (
    /ALERT_(CERTIFICATE_REQUIRED|UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_EXPIRED|ACCESS_DENIED)|SSLV3_ALERT_HANDSHAKE_FAILURE/.test(
      code,
    )
  ) {
    return failed(
      'connect to',
      address,
      `it wants a certificate of this side, and one that it trusts: set tls.certificate and tls.key (${message})`,
      cause,
    );
  }
  if (
    /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNKNOWN_PROTOCOL|HTTP_REQUEST|BAD_RECORD_TYPE|RECORD_LAYER_FAILURE/.test(
      code,
    )
  ) {
    return failed('connect to', address, 'it does not speak TLS: use tcp://, or have it listen on tls://', cause);
  }
  if (isTls(code)) return failed('connect to', address, message, cause);
  return undefined;
}

/** What a failed handshake means to the side that accepted; `undefined` where the peer has just left. */
export function explainAccept(peer: string, cause: Error, authorization: string | undefined): SkerryError | undefined {
  const { code = '', message } = cause as TlsFailure;
  const why = authorization && (distrust(authorization) ?? authorization);
  if (why) return notTrusted('accept', peer, why, cause);
  if (code === 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE') {
    return notTrusted(
      'accept',
      peer,
      'it shows no certificate, and requireClientCertificate is set: give it one',
      cause,
    );
  }
  if (code === 'ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM' || !isTls(code)) {
    return code === 'ECONNRESET' || code === 'EPIPE' ? undefined : failed('accept', peer, message, cause);
  }
  const distrusts = /ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_EXPIRED|CERTIFICATE_UNKNOWN)/.test(code);
  return failed('accept', peer, distrusts ? `it does not trust this side’s certificate (${message})` : message, cause);
}

export function failed(verb: 'accept' | 'connect to', peer: string, why: string, cause?: Error): SkerryError {
  return new SkerryError('SKERRY_TLS_HANDSHAKE_FAILED', `cannot ${verb} ${peer}: ${why}`, { cause });
}

function notTrusted(verb: 'accept' | 'connect to', peer: string, why: string, cause: Error): SkerryError {
  return new SkerryError('SKERRY_TLS_UNTRUSTED', `cannot ${verb} ${peer}: ${why}`, { cause });
}

function distrust(code: string): string | undefined {
  return (
    untrusted[code] ??
    (/^(CERT|UNABLE_TO|INVALID_CA|PATH_LENGTH|CRL)/.test(code) ? `its certificate is refused: ${code}` : undefined)
  );
}

function isTls(code: string): boolean {
  return code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_');
}
