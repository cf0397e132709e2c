import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CertificateAuthority, ConformanceTable, generatedBlock } from '@skerry-private/test-kit';
import { transportConformance, type TransportHarness } from '../transport/conformance.js';
import { HttpTransport } from '../transport/http.js';
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
  http: {
    open: (clock, limits) => new HttpTransport('http', clock, undefined, limits),
    anyAddress: 'http://127.0.0.1:0',
    deadAddress: 'http://127.0.0.1:9',
  },
  https: {
    open: (clock, limits) => new HttpTransport('https', clock, new TlsCredentials(tls, clock), limits),
    anyAddress: 'https://127.0.0.1:0/calls',
    deadAddress: 'https://127.0.0.1:9',
  },
};

const page = fileURLToPath(new URL('../../../../docs/transports.md', import.meta.url));
const command = 'UPDATE_TRANSPORTS=1 npm test -- rpc/transports';
const table = new ConformanceTable(Object.keys(harnesses));

describe.each(Object.keys(harnesses))('over %s', (name) => {
  const runner = table.of(name, { describe, test });
  transportConformance(runner, harnesses[name]!);
  rpcConformance(runner, harnesses[name]!);
});

// Last: by now everything else here has run.
describe('the table of transports', () => {
  // When tests are chosen by name there is nothing to compare.
  const chosen = process.argv.some((arg) => arg === '-t' || arg.startsWith('--testNamePattern'));

  (chosen ? test.skip : test)('in docs/transports.md is what has just been shown', () => {
    expect(table.complete).toBe(true);
    const text = table.toString();
    expect(generatedBlock(page, command, text, process.env['UPDATE_TRANSPORTS'] !== undefined)).toBe(text);
  });
});
