import { resolveTlsOptions, TlsCredentials } from '@skerry/core';
import { rpcConformance, transportConformance, type TransportHarness } from '@skerry/core/conformance';
import { CertificateAuthority } from '@skerry-private/test-kit';
import { WebSocketTransport } from './websocket-transport.js';

const authority = await CertificateAuthority.create();
const mutual = resolveTlsOptions({
  ...(await authority.issue()),
  ca: authority.certificate,
  requireClientCertificate: true,
});

// The discard port of a machine that discards nothing.
const harnesses: Readonly<Record<string, TransportHarness>> = {
  ws: {
    open: (clock, limits) => new WebSocketTransport(clock, limits),
    anyAddress: 'ws://127.0.0.1:0/frames',
    deadAddress: 'ws://127.0.0.1:9/frames',
  },
  wss: {
    open: (clock, limits) => new WebSocketTransport(clock, limits, new TlsCredentials(mutual, clock)),
    anyAddress: 'wss://127.0.0.1:0',
    deadAddress: 'wss://127.0.0.1:9',
  },
};

describe.each(Object.keys(harnesses))('over %s', (name) => {
  transportConformance({ describe, test }, harnesses[name]!);
  rpcConformance({ describe, test }, harnesses[name]!);
});
