import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CertificateAuthority } from '@skerry-private/test-kit';
import { transportConformance, type TransportHarness } from '../transport/conformance.js';
import { MemoryNetwork, MemoryTransport } from '../transport/memory.js';
import { TcpTransport } from '../transport/tcp.js';
import { TlsTransport } from '../transport/tls.js';
import { TlsCredentials } from '../transport/tls/tls-credentials.js';
import { resolveTlsOptions } from '../transport/tls/tls-options.js';
import { UnixTransport } from '../transport/unix.js';
import { rpcConformance } from './conformance.js';

const authority = await CertificateAuthority.create();
const tls = resolveTlsOptions({
  ...(await authority.issue()),
  ca: authority.certificate,
  requireClientCertificate: true,
});
const network = new MemoryNetwork();
const directory = mkdtempSync(join(tmpdir(), 'skerry-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const harnesses: Readonly<Record<string, TransportHarness>> = {
  memory: {
    open: (clock, limits) => new MemoryTransport(network, clock, limits),
    anyAddress: 'memory://',
    deadAddress: 'memory://nobody',
  },
  tcp: {
    open: (clock, limits) => new TcpTransport(clock, limits),
    anyAddress: 'tcp://127.0.0.1:0',
    // The discard port of a machine that discards nothing.
    deadAddress: 'tcp://127.0.0.1:9',
  },
  unix: {
    open: (clock, limits) => new UnixTransport(clock, limits),
    anyAddress: `unix://${directory}/`,
    deadAddress: `unix://${directory}/dead.sock`,
  },
  tls: {
    open: (clock, limits) => new TlsTransport(clock, new TlsCredentials(tls, clock), limits),
    anyAddress: 'tls://127.0.0.1:0',
    deadAddress: 'tls://127.0.0.1:9',
  },
};

describe.each(Object.keys(harnesses))('over %s', (name) => {
  transportConformance({ describe, test }, harnesses[name]!);
  rpcConformance({ describe, test }, harnesses[name]!);
});
