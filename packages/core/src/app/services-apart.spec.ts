import { CertificateAuthority, eventually, type IssueOptions } from '@skerry-private/test-kit';
import { Broker } from '../broker/broker.js';
import { SERVICE_DESCRIPTIONS, type ServiceDescription } from '../client/described.js';
import { Peers } from '../client/peers.js';
import { Clock } from '../clock/clock.js';
import { SystemClock } from '../clock/system-clock.js';
import { tokenKey } from '../container/token.js';
import { Module, type ModuleImport } from '../module/module.js';
import { MemoryRegistryDriver } from '../registry/memory.js';
import { MemoryRegistryEngine } from '../registry/memory-engine.js';
import { Registry } from '../registry/registry.js';
import { REGISTRY_DRIVER } from '../registry/registry-driver-token.js';
import { Handler } from '../service/handler.js';
import { Service } from '../service/service.js';
import { Subscribe } from '../service/subscribe.js';
import type { Link } from '../transport/driver.js';
import { TlsTransport } from '../transport/tls.js';
import { TlsCredentials } from '../transport/tls/tls-credentials.js';
import { Transport, TRANSPORT_DRIVERS } from '../transport/transport.js';
import type { TlsOptions } from '../transport/tls/tls-options.js';
import { Application } from './application.js';
import { InboxModule } from './inbox-module.js';
import type { ApplicationOptions } from './options.js';

let noted: string[];

@Service('orders')
class Orders {
  @Handler()
  async name(): Promise<string> {
    return 'orders';
  }
}

@Service('payments')
class Payments {
  @Handler()
  async name(): Promise<string> {
    return 'payments';
  }
}

@Service('mail')
class Mail {
  @Subscribe('orders.placed', { queue: 'mail', message: String })
  async note(what: string): Promise<void> {
    noted.push(what);
  }
}

/** One application, and so one address and one certificate, for two services. */
@Module({ providers: [Orders, Payments] })
class BothModule {}

@Module({ providers: [Mail], imports: [InboxModule.forRoot()] })
class MailModule {}

@Module({ imports: [InboxModule.forRoot()] })
class PublisherModule {}

@Module()
class CallerModule {}

describe('services that each have a name of their own', () => {
  let authority: CertificateAuthority;
  let registry: MemoryRegistryEngine;
  let started: Application[];
  let connected: string[];

  beforeAll(async () => {
    authority = await CertificateAuthority.create();
  });

  beforeEach(() => {
    registry = new MemoryRegistryEngine(new SystemClock());
    [started, connected, noted] = [[], [], []];
  });

  afterEach(async () => {
    for (const each of started.reverse()) await each.stop('the test is over');
  });

  class CountingTls extends TlsTransport {
    override async connect(...to: Parameters<TlsTransport['connect']>): Promise<Link> {
      const link = await super.connect(...to);
      connected.push(String(to[2]));
      return link;
    }
  }

  async function tlsOf(issued: IssueOptions, serverName = 'spiffe://shop.example/{service}'): Promise<TlsOptions> {
    const mutual = { ca: authority.certificate, requireClientCertificate: true };
    return { ...(await authority.issue(issued)), ...mutual, serverName };
  }

  async function start(root: ModuleImport, tls: TlsOptions, options: ApplicationOptions = {}): Promise<Application> {
    const driver = { provide: REGISTRY_DRIVER, useValue: new MemoryRegistryDriver(registry) };
    const counting = {
      provide: TRANSPORT_DRIVERS,
      useFactory: (clock: Clock, credentials: TlsCredentials) => new CountingTls(clock, credentials),
      inject: [Clock, TlsCredentials],
      multi: true as const,
    };
    @Module()
    class Transports {}
    const transports = { module: Transports, global: true, providers: [counting], exports: [TRANSPORT_DRIVERS] };
    @Module({ imports: [root, transports] })
    class Root {}
    const app = await Application.create(Root, {
      ...{ logLevel: 'silent', drainDelayMs: 0, env: {}, listen: 'tls://127.0.0.1:0', tls },
      overrides: new Map([[tokenKey(REGISTRY_DRIVER), driver]]),
      ...options,
    });
    started.push(app);
    await app.start();
    return app;
  }

  const name = (app: Application, service: string): Promise<string> =>
    app.client<Orders>(service, { timeoutMs: 2_000, retries: 0 }).name();

  test('are not called by a connection that was verified for another, at the same address', async () => {
    await start(BothModule, await tlsOf({ uris: ['spiffe://shop.example/orders'] }));
    const caller = await start(CallerModule, await tlsOf({ uris: ['spiffe://shop.example/mail'] }));
    await expect(name(caller, 'orders')).resolves.toBe('orders');
    await expect(name(caller, 'payments')).rejects.toMatchObject({
      code: 'SKERRY_RPC_CONNECT_FAILED',
      message: expect.stringContaining('it is spiffe://shop.example/orders, not spiffe://shop.example/payments'),
    });
    await expect(name(caller, 'orders')).resolves.toBe('orders');
    expect(connected).toEqual(['orders']);
  });

  test('have a connection each where one certificate is for both, and share one where one name is for all', async () => {
    const names = ['orders.shop.example', 'payments.shop.example'];
    await start(BothModule, await tlsOf({ names, uris: ['spiffe://shop.example/both'] }));
    const apart = await start(CallerModule, await tlsOf({}, '{service}.shop.example'));
    await expect(Promise.all([name(apart, 'orders'), name(apart, 'payments')])).resolves.toEqual([
      'orders',
      'payments',
    ]);
    await expect(Promise.all([name(apart, 'orders'), name(apart, 'payments')])).resolves.toEqual([
      'orders',
      'payments',
    ]);
    expect(connected.sort()).toEqual(['orders', 'payments']);
    connected.length = 0;
    const together = await start(CallerModule, await tlsOf({}, 'spiffe://shop.example/both'));
    await expect(name(together, 'orders')).resolves.toBe('orders');
    await expect(name(together, 'payments')).resolves.toBe('payments');
    expect(connected).toHaveLength(1);
  });

  test.each([
    ['payments', /it is spiffe:\/\/shop\.example\/orders, not spiffe:\/\/shop\.example\/payments/],
    ['pay ments', /the name of the service 'pay ments' cannot be a part of/],
  ])('are verified over HTTPS as well: %s', async (other, message) => {
    const server = await start(BothModule, await tlsOf({ uris: ['spiffe://shop.example/orders'] }));
    const address = `${server.address!.replace('tls:', 'https:')}/`;
    const described = (service: string): ServiceDescription => {
      const endpoints = [{ name: 'name', kind: 'unary' as const, idempotent: false, readOnly: false }];
      const node = { service, id: `${service}-1`, version: '1.0.0', addresses: { skerry: address }, weight: 1 };
      return { service, endpoints, nodes: [{ ...node, metadata: {}, endpoints, ttlMs: Infinity, epoch: 0 }] };
    };
    const useValue = [described('orders'), described(other)];
    const providers = [{ provide: SERVICE_DESCRIPTIONS, useValue, multi: true as const }];
    const https = { module: CallerModule, global: true, providers, exports: [SERVICE_DESCRIPTIONS] };
    const caller = await start(https, await tlsOf({}));
    await expect(name(caller, 'orders')).resolves.toBe('orders');
    await expect(name(caller, other)).rejects.toMatchObject({ message: expect.stringMatching(message) });
  });

  test('are not connected to without being named', async () => {
    const server = await start(BothModule, await tlsOf({ uris: ['spiffe://shop.example/orders'] }));
    const connecting = server.get(Transport).connect(server.address!, new AbortController().signal);
    await expect(connecting).rejects.toMatchObject({
      code: 'SKERRY_TLS_CONFIG_INVALID',
      message: expect.stringContaining('it is not known which service'),
    });
  });

  test('get messages by the inbox, which goes by the name of any of them and of nobody else', async () => {
    await start(MailModule, await tlsOf({ uris: ['spiffe://shop.example/mail'] }));
    const publisher = await start(PublisherModule, await tlsOf({ uris: ['spiffe://shop.example/orders'] }));
    await publisher.get(Broker).publish('orders.placed', 'tea');
    await eventually(() => expect(noted).toEqual(['tea']));
    const strict = await start(PublisherModule, await tlsOf({}, 'spiffe://bank.example/{service}'));
    const [node] = await strict.get(Registry).lookup('mail');
    await expect(strict.get(Peers).connection(node!, false, { ofAnyService: true })).rejects.toMatchObject({
      message: expect.stringContaining('it is spiffe://shop.example/mail, not spiffe://bank.example/*'),
    });
  });
});
