import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import type { ClientOptions } from 'ws';

/** Of `wss://`. Peers are verified, always. */
export interface WebSocketTls {
  /** Who may sign the certificates of peers, in PEM. Default: those that Node trusts. */
  readonly ca?: SecureContextOptions['ca'];
  /** Of this side, in PEM; needed to listen. */
  readonly cert?: SecureContextOptions['cert'];
  readonly key?: SecureContextOptions['key'];
  /** The name that a peer's certificate must be for. Default: the host of its address. */
  readonly servername?: string;
}

/** For who connects. */
export function ofClient({ ca, cert, key, servername }: WebSocketTls): ClientOptions {
  // What is absent must not be there as undefined: it would take the place of a default.
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(servername === undefined ? {} : { servername }),
  };
}

/** For who listens. Throws what is wrong with the certificate. */
export function ofServer({ cert, key, ca }: WebSocketTls): SecureContext {
  if (cert === undefined || key === undefined) throw new Error('there is no certificate; give tls.cert and tls.key');
  return createSecureContext({ cert, key, ...(ca === undefined ? {} : { ca }) });
}
