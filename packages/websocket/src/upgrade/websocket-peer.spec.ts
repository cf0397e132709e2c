import { once } from 'node:events';
import {
  Context,
  Handler,
  Module,
  Service,
  SERVICE_DESCRIPTIONS,
  Skerry,
  type Application,
  type Peer,
  type ServiceDescription,
} from '@skerry/core';
import { CertificateAuthority, openHandles, type OpenHandles } from '@skerry-private/test-kit';
import { WebSocket } from 'ws';
import { WebSocketModule } from '../websocket-module.js';

const orders = 'spiffe://shop.example/orders';
let seen: (Peer | undefined)[];

@Service('payments')
class Payments {
  @Handler()
  async look(): Promise<string> {
    const { peer } = Context.current()!;
    seen.push(peer);
    return peer?.identity?.spiffeId ?? 'nobody';
  }
}

@Module({ imports: [WebSocketModule.forRoot()], providers: [Payments] })
class PaymentsModule {}

describe('the peer of a call by WebSocket, on the port of an application with TLS', () => {
  let handles: OpenHandles;
  let application: Application;
  let url: string;
  let shown: { certificate: string; key: string; ca: string };

  beforeAll(async () => {
    handles = openHandles();
    const authority = await CertificateAuthority.create();
    const ca = authority.certificate;
    shown = { ...(await authority.issue({ uris: [orders] })), ca };
    const tls = { ...(await authority.issue()), ca, requireClientCertificate: true, plaintext: 'allow' as const };
    application = await Skerry.create(PaymentsModule, {
      ...{ logLevel: 'silent', drainDelayMs: 0, env: {}, listen: 'tls://127.0.0.1:0', tls },
    });
    await application.start();
    url = `${application.address!.replace('tls:', 'wss:')}/ws`;
  });
  beforeEach(() => void (seen = []));
  afterAll(async () => {
    await application.stop();
    await handles.nothingMore();
  });

  async function look(socket: WebSocket, id: number): Promise<unknown> {
    socket.send(JSON.stringify({ jsonrpc: '2.0', id, method: 'payments.look' }));
    const [text] = (await once(socket, 'message')) as [Buffer];
    return (JSON.parse(text.toString()) as { result: unknown }).result;
  }

  test('is verified for JSON-RPC, and the same for all calls', async () => {
    const { certificate: cert, key, ca } = shown;
    const socket = new WebSocket(url, { cert, key, ca });
    await once(socket, 'open');
    expect([await look(socket, 1), await look(socket, 2)]).toEqual([orders, orders]);
    expect(seen[0]!.address).toMatch(/^wss:\/\/127\.0\.0\.1:\d+$/);
    expect(seen[1]).toBe(seen[0]);
    socket.terminate();
  });

  test('is verified for the native protocol', async () => {
    const endpoints = [{ name: 'look', kind: 'unary' as const, idempotent: false, readOnly: false }];
    const node = { service: 'payments', id: 'payments-1', version: '1.0.0', addresses: { skerry: url }, weight: 1 };
    const nodes = [{ ...node, metadata: {}, endpoints, ttlMs: Infinity, epoch: 0 }];
    const useValue: ServiceDescription = { service: 'payments', endpoints, nodes };
    @Module({
      imports: [WebSocketModule.forRoot()],
      providers: [{ provide: SERVICE_DESCRIPTIONS, useValue, multi: true }],
    })
    class CallerModule {}
    const caller = await Skerry.create(CallerModule, { logLevel: 'silent', drainDelayMs: 0, env: {}, tls: shown });
    await caller.start();
    await expect(caller.client<Payments>('payments').look()).resolves.toBe(orders);
    expect(seen[0]!.address).toMatch(/^wss:/);
    await caller.stop();
  });

  test('is nobody without TLS', async () => {
    const socket = new WebSocket(url.replace('wss:', 'ws:'));
    await once(socket, 'open');
    expect(await look(socket, 1)).toBe('nobody');
    expect(seen).toEqual([{ address: expect.stringMatching(/^ws:/) }]);
    socket.terminate();
  });
});
