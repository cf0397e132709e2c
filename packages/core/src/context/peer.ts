/** The other end of the connection that a call came by. The same for all calls of one connection. */
export interface Peer {
  /** Where it is, for people: `tls://10.0.0.7:53422`. Behind a proxy it is the proxy's. */
  readonly address: string;
  /**
   * What its certificate says, where the handshake verified one: it came by TLS, and `tls.requireClientCertificate` is set. Absent
   * otherwise, whatever the peer says of itself.
   */
  readonly identity?: PeerIdentity | undefined;
}

/** What a certificate of one of the authorities in `tls.ca` says of who showed it. Frozen. */
export interface PeerIdentity {
  /** `spiffe://shop.example/orders`. Absent unless it is the only URI that the certificate is for (SPIFFE X.509-SVID, 2). */
  readonly spiffeId?: string | undefined;
  /** The DNS names that it is for. Empty where one of its names could be mistaken for several. */
  readonly dnsNames: readonly string[];
  /** Of its subject. Absent where it has none, or several. */
  readonly commonName?: string | undefined;
  /** `C=NO, O=Shop, CN=orders`; empty where it has none. */
  readonly subject: string;
  /** Of the certificate: SHA-256, as pairs of hexadecimal digits in upper case, with colons between them. */
  readonly fingerprint256: string;
  /** It was valid when the connection began, and may have expired since: connections live on. */
  readonly validTo: Date;
}
