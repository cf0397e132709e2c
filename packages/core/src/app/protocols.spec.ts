import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CertificateAuthority, ConformanceTable, generatedBlock } from '@skerry-private/test-kit';
import { MemoryNetwork, MemoryTransport } from '../transport/memory.js';
import { TRANSPORT_DRIVERS } from '../transport/transport.js';
import { HttpCaller, overHttp } from './fixtures/http-harness.js';
import { JsonRpcCaller } from './fixtures/json-rpc-harness.js';
import { clientHarness } from './conformance/client-harness.js';
import { protocolConformance } from './conformance/conformance.js';
import type { ProtocolHarness } from './conformance/harness.js';

const authority = await CertificateAuthority.create();
const identity = 'spiffe://shop.example/orders';
const issued = await authority.issue({ uris: [identity] });
const tls = { ...issued, ca: authority.certificate, requireClientCertificate: true };
const network = new MemoryNetwork();
const directory = mkdtempSync(join(tmpdir(), 'skerry-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const bothWays = 'HTTP/1.1 answers after the request';
const oneAnswer = {
  'server-stream': 'one answer to one request',
  'client-stream': 'one answer to one request',
  bidirectional: 'one answer to one request',
};
const secured = { tls, identity };
const harnesses: Readonly<Record<string, ProtocolHarness>> = {
  'in process': clientHarness({ within: true }),
  memory: clientHarness({
    listen: 'memory://',
    provide: (clock) => [{ provide: TRANSPORT_DRIVERS, useValue: new MemoryTransport(network, clock), multi: true }],
  }),
  tcp: clientHarness(),
  unix: clientHarness({ listen: `unix://${directory}/` }),
  tls: clientHarness({ listen: 'tls://127.0.0.1:0', options: { tls }, identity }),
  'HTTP/JSON': overHttp((...at) => new HttpCaller('application/x-ndjson', ...at), { bidirectional: bothWays }),
  'HTTP, events': overHttp((...at) => new HttpCaller('text/event-stream', ...at), { bidirectional: bothWays }),
  HTTPS: overHttp((...at) => new HttpCaller('application/x-ndjson', ...at), { bidirectional: bothWays }, secured),
  'JSON-RPC': overHttp((...at) => new JsonRpcCaller(...at), oneAnswer),
  'JSON-RPC, HTTPS': overHttp((...at) => new JsonRpcCaller(...at), oneAnswer, secured),
};

const page = fileURLToPath(new URL('../../../../docs/protocols.md', import.meta.url));
const command = 'UPDATE_PROTOCOLS=1 npm test -- app/protocols';
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
