import type { ApplicationOptions } from '@skerry/core';

// #region server
/** Takes calls over TLS, from those with a certificate of our authority. */
export const orders: ApplicationOptions = {
  listen: 'tls://127.0.0.1:0',
  tls: {
    certificate: '/etc/tls/tls.crt',
    key: '/etc/tls/tls.key',
    ca: '/etc/tls/ca.crt',
    requireClientCertificate: true,
    serverName: 'spiffe://shop.example/{service}',
  },
};
// #endregion server
