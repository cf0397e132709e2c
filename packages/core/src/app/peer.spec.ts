import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CertificateAuthority, eventually, secureFetch } from '@skerry-private/test-kit';
import { Injectable } from '../container/injectable.js';
import { tokenKey } from '../container/token.js';
import { Context } from '../context/context.js';
import type { Peer } from '../context/peer.js';
import { SystemClock } from '../clock/system-clock.js';
import { RpcConnection } from '../rpc/connection.js';
import type { StreamEvents } from '../rpc/stream.js';
import { MemoryRegistryDriver } from '../registry/memory.js';
import { MemoryRegistryEngine } from '../registry/memory-engine.js';
import { REGISTRY_DRIVER } from '../registry/registry-driver-token.js';
import { Module } from '../module/module.js';
import { Handler } from '../service/handler.js';
import { Guard, Interceptor, type HandlerCall } from '../service/pipeline.js';
import { Service } from '../service/service.js';
import { Transport } from '../transport/transport.js';
import type { TlsOptions } from '../transport/tls/tls-options.js';
import { Application } from './application.js';
import type { ApplicationOptions } from './options.js';

const orders = 'spiffe://shop.example/orders';

let seen: (Peer | undefined)[];
let release: (() => void) | undefined;

@Injectable()
class OrdersOnly implements Guard {
  allows({ context }: HandlerCall): boolean {
    return context.peer?.identity?.spiffeId === orders;
  }
}

@Injectable()
class Noting implements Interceptor {
  intercept({ context }: HandlerCall, next: () => unknown): unknown {
    seen.push(context.peer);
    return next();
  }
}

@Service('payments', { interceptors: [Noting] })
class Payments {
  @Handler({ guards: [OrdersOnly] })
  async charge(): Promise<string> {
    seen.push(Context.current()?.peer);
    return 'charged';
  }

  @Handler()
  async look(): Promise<string> {
    return Context.current()?.peer?.identity?.spiffeId ?? 'nobody';
  }

  @Handler({ reply: String })
  async *watch(): AsyncGenerator<string> {
    yield Context.current()?.peer?.identity?.spiffeId ?? 'nobody';
  }

  @Handler({ kind: 'client-stream', request: String, reply: String })
  async collect(texts: AsyncIterable<string>): Promise<string> {
    for await (const _text of texts);
    return this.look();
  }

  /** Looks only when its caller has gone. */
  @Handler()
  async late(context: Context): Promise<void> {
    await new Promise<void>((resolve) => (release = resolve));
    seen.push(context.peer);
  }
}

@Module({ providers: [Payments, OrdersOnly, Noting] })
class PaymentsModule {}

@Module()
class CallerModule {}

describe('the peer of a call', () => {
  let authority: CertificateAuthority;
  let own: TlsOptions;
  let registry: MemoryRegistryEngine;
  let started: Application[];

  beforeAll(async () => {
    authority = await CertificateAuthority.create();
    own = await tlsOf('payments');
  });

  beforeEach(() => {
    registry = new MemoryRegistryEngine(new SystemClock());
    [started, seen, release] = [[], [], undefined];
  });

  afterEach(async () => {
    for (const each of started.reverse()) await each.stop('the test is over');
  });

  async function tlsOf(name: string): Promise<TlsOptions> {
    const issued = await authority.issue({ uris: [`spiffe://shop.example/${name}`] });
    return { ...issued, ca: authority.certificate, requireClientCertificate: true };
  }

  async function start(root: new () => object, options: ApplicationOptions): Promise<Application> {
    const driver = { provide: REGISTRY_DRIVER, useValue: new MemoryRegistryDriver(registry) };
    const overrides = new Map([[tokenKey(REGISTRY_DRIVER), driver]]);
    const app = await Application.create(root, {
      ...{ logLevel: 'silent', drainDelayMs: 0, env: {}, listen: 'tls://127.0.0.1:0', overrides },
      ...options,
    });
    started.push(app);
    await app.start();
    return app;
  }

  const paymentsOf = (app: Application): Payments => app.client<Payments>('payments') as unknown as Payments;

  test('lets a guard decide by the certificate, and is one for all calls of a connection', async () => {
    await start(PaymentsModule, { tls: own });
    const caller = paymentsOf(await start(CallerModule, { tls: await tlsOf('orders') }));
    await expect(Promise.all([caller.charge(), caller.charge()])).resolves.toEqual(['charged', 'charged']);
    await expect(caller.look()).resolves.toBe(orders);
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(1);
    const stranger = paymentsOf(await start(CallerModule, { tls: await tlsOf('mail') }));
    await expect(stranger.charge()).rejects.toMatchObject({ code: 'SKERRY_RPC_DENIED' });
    await expect(stranger.look()).resolves.toBe('spiffe://shop.example/mail');
  });

  test('is the same by HTTPS: single calls, streams both ways, JSON-RPC and its batches', async () => {
    const { address } = await start(PaymentsModule, { tls: own });
    const { certificate, key } = await tlsOf('orders');
    const agent = new Agent({
      keepAlive: true,
      maxSockets: 1,
      cert: certificate!,
      key: key!,
      ca: authority.certificate,
    });
    const fetch = secureFetch(agent);
    const url = address!.replace('tls:', 'https:');
    const post = async (path: string, body = '', type = 'application/json'): Promise<string> => {
      const headers = { 'content-type': type, 'content-length': String(body.length) };
      return (await fetch(`${url}${path}`, { method: 'POST', headers, body })).text();
    };
    const request = (id: number): object => ({ jsonrpc: '2.0', id, method: 'payments.look' });
    expect(JSON.parse(await post('/payments/charge'))).toBe('charged');
    expect(JSON.parse(await post('/payments/watch'))).toBe(orders);
    expect(JSON.parse(await post('/payments/collect', '"a"\n', 'application/x-ndjson'))).toBe(orders);
    expect(JSON.parse(await post('/rpc', JSON.stringify(request(1))))).toMatchObject({ result: orders });
    expect(JSON.parse(await post('/rpc', JSON.stringify([request(1), request(2)])))).toEqual([
      expect.objectContaining({ id: 1, result: orders }),
      expect.objectContaining({ id: 2, result: orders }),
    ]);
    agent.destroy();
    expect(seen).toHaveLength(7);
    expect(new Set(seen).size).toBe(1);
    expect(seen[0]!.address).toMatch(/^tls:\/\/127\.0\.0\.1:\d+$/);
  });

  test('is the same by frames after an upgrade of HTTPS', async () => {
    const { address } = await start(PaymentsModule, { tls: own });
    const caller = await start(CallerModule, { tls: await tlsOf('orders') });
    const signal = new AbortController().signal;
    const link = await caller.get(Transport).connect(`${address!.replace('tls:', 'https:')}/`, signal);
    const connection = new RpcConnection(link, { role: 'client', clock: new SystemClock(), hello: { codec: 'json' } });
    await connection.ready();
    const answer = await new Promise<string>((resolve, reject) => {
      const nothing = (): void => undefined;
      const events: StreamEvents = {
        ...{ end: nothing, cancel: nothing, writable: nothing },
        message: (payload) => resolve(payload.toString()),
        error: (wire) => reject(new Error(JSON.stringify(wire))),
        lost: reject,
      };
      connection.open('payments.look', { timeoutMs: 5_000 }, undefined, true, events);
    });
    expect(JSON.parse(answer)).toBe(orders);
    expect(seen[0]!.address).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    connection.destroy();
  });

  test('is nobody, at an address, without TLS, on the same port as well', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'skerry-'));
    const both = await start(PaymentsModule, { tls: { ...own, plaintext: 'allow' } });
    const answer = await fetch(`${both.address!.replace('tls:', 'http:')}/payments/look`, {
      ...{ method: 'POST', headers: { connection: 'close', 'x-meta-identity': orders } },
    });
    expect(await answer.json()).toBe('nobody');
    await both.stop('the next one listens otherwise');
    for (const listen of ['tcp://127.0.0.1:0', `unix://${directory}/`]) {
      const server = await start(PaymentsModule, { listen });
      const caller = paymentsOf(await start(CallerModule, { listen }));
      await expect(caller.look()).resolves.toBe('nobody');
      await expect(caller.charge()).rejects.toMatchObject({ code: 'SKERRY_RPC_DENIED' });
      await server.stop('the next one listens otherwise');
    }
    expect(seen).toHaveLength(3);
    for (const peer of seen) expect(peer).toEqual({ address: expect.stringMatching(/^(tcp|tls|unix):\/\//) });
    rmSync(directory, { recursive: true });
  });

  test('is absent within a process', async () => {
    const app = await start(PaymentsModule, { tls: own });
    await expect(paymentsOf(app).look()).resolves.toBe('nobody');
    await expect(paymentsOf(app).charge()).rejects.toMatchObject({ code: 'SKERRY_RPC_DENIED' });
    expect(seen).toEqual([undefined]);
  });

  test('is who it was when its connection has ended meanwhile', async () => {
    await start(PaymentsModule, { tls: own });
    const calling = await start(CallerModule, { tls: await tlsOf('orders') });
    const caller = paymentsOf(calling);
    const lost = caller.late(undefined as never).catch((error: unknown) => error);
    await eventually(() => expect(release).toBeDefined());
    await calling.stop('its connection is to end');
    await lost;
    release!();
    await eventually(() => expect(seen).toHaveLength(2));
    expect(seen[1]!.identity).toMatchObject({ spiffeId: orders });
  });
});
