import { fileURLToPath } from 'node:url';
import { clientHarness, protocolConformance, type ProtocolHarness } from '@skerry/core/conformance';
import { CertificateAuthority, ConformanceTable, generatedBlock } from '@skerry-private/test-kit';
import { WebSocketModule } from './websocket-module.js';

const authority = await CertificateAuthority.create();
const identity = 'spiffe://shop.example/orders';
const issued = await authority.issue({ uris: [identity] });
const tls = { ...issued, ca: authority.certificate, requireClientCertificate: true };
const imports = [WebSocketModule.forRoot()];
const harnesses: Readonly<Record<string, ProtocolHarness>> = {
  WebSocket: clientHarness({ imports, listen: 'ws://127.0.0.1:0/calls' }),
  'WebSocket in TLS': clientHarness({ imports, listen: 'wss://127.0.0.1:0/calls', options: { tls }, identity }),
};

const page = fileURLToPath(new URL('../../../docs/protocols.md', import.meta.url));
const command = 'UPDATE_PROTOCOLS=1 npm test -- websocket/src/protocols';
const table = new ConformanceTable(Object.keys(harnesses));

describe.each(Object.keys(harnesses))('by %s', (name) => {
  protocolConformance(table.of(name, { describe, test }), harnesses[name]!);
});

// Last: by now everything else here has run.
describe('the table of protocols', () => {
  // When tests are chosen by name there is nothing to compare.
  const chosen = process.argv.some((arg) => arg === '-t' || arg.startsWith('--testNamePattern'));

  (chosen ? test.skip : test)('in docs/protocols.md is what has just been shown', () => {
    expect(table.complete).toBe(true);
    const text = table.toString();
    expect(generatedBlock(page, command, text, process.env['UPDATE_PROTOCOLS'] !== undefined)).toBe(text);
  });
});
