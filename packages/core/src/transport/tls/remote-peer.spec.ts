import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { CertificateAuthority, eventually, type IssueOptions, type KeyPair } from '@skerry-private/test-kit';
import { ManualClock } from '../../clock/manual-clock.js';
import { Probe } from '../conformance-probe.js';
import type { Listener } from '../driver.js';
import { TcpTransport } from '../tcp.js';
import { TlsTransport } from '../tls.js';
import { parseTlsAddress } from '../tls-address.js';
import { TlsCredentials } from './tls-credentials.js';
import { resolveTlsOptions, type TlsOptions } from './tls-options.js';

const never = new AbortController().signal;

describe('who a server takes its peer for', () => {
  let authority: CertificateAuthority;
  let own: KeyPair;
  let clock: ManualClock;
  let listeners: Listener[];
  let far: Probe[];
  let near: Probe[];

  beforeAll(async () => {
    authority = await CertificateAuthority.create();
    own = await authority.issue();
  });

  beforeEach(() => {
    clock = new ManualClock();
    [listeners, far, near] = [[], [], []];
  });

  afterEach(async () => {
    await Promise.all(listeners.map((each) => each.close()));
    for (const probe of [...near, ...far]) probe.link.destroy();
    await Promise.all([...near, ...far].map((probe) => probe.ended()));
  });

  const transport = (options: TlsOptions): TlsTransport =>
    new TlsTransport(clock, new TlsCredentials(resolveTlsOptions(options), clock));
  const mutual = (): TlsOptions => ({ ...own, ca: authority.certificate, requireClientCertificate: true });

  async function listen(options: TlsOptions): Promise<string> {
    const accept = (link: Probe['link']): number => far.push(new Probe(link));
    const listener = await transport(options).listen('tls://127.0.0.1:0', accept, () => undefined);
    listeners.push(listener);
    return listener.address;
  }

  /** The server's side of a connection that was made with such a certificate. */
  async function accepted(address: string, shown: TlsOptions): Promise<Probe> {
    const before = far.length;
    near.push(new Probe(await transport({ ca: authority.certificate, ...shown }).connect(address, never)));
    return eventually(() => {
      expect(far.length).toBe(before + 1);
      return far[before]!;
    });
  }

  test('is what the certificate says', async () => {
    const uris = ['spiffe://shop.example/orders'];
    const shown = await authority.issue({ names: ['orders', 'orders.example'], uris, subject: 'O=Shop, CN=orders' });
    const { link } = await accepted(await listen(mutual()), shown);
    const { fingerprint256, validTo } = new X509Certificate(shown.certificate);
    expect(link.remote).toEqual({
      address: link.peer,
      identity: {
        spiffeId: 'spiffe://shop.example/orders',
        dnsNames: ['orders', 'orders.example'],
        commonName: 'orders',
        subject: 'O=Shop, CN=orders',
        fingerprint256,
        validTo: new Date(validTo),
      },
    });
    expect(link.peer).toMatch(/^tls:\/\/127\.0\.0\.1:\d+$/);
    expect(Object.isFrozen(link.remote!.identity)).toBe(true);
  });

  test.each<[string, IssueOptions, object]>([
    ['no URI', {}, { dnsNames: ['localhost'] }],
    ['two URIs', { uris: ['spiffe://shop/orders', 'spiffe://shop/mail'] }, { dnsNames: ['localhost'] }],
    [
      'a SPIFFE id beside another URI',
      { uris: ['spiffe://shop/orders', 'https://shop/'] },
      { dnsNames: ['localhost'] },
    ],
    ['a URI that is no SPIFFE id', { uris: ['https://shop/orders'] }, { dnsNames: ['localhost'] }],
    ['a trust domain without a path', { uris: ['spiffe://shop'] }, { dnsNames: ['localhost'] }],
    ['an id within another URI', { uris: ['x:a, URI:spiffe://shop/orders'] }, { dnsNames: [] }],
    ['an id within a DNS name', { names: ['a, URI:spiffe://shop/orders'], subject: 'CN=a' }, { dnsNames: [] }],
  ])('has no SPIFFE id by a certificate with %s', async (_, issued, expected) => {
    const { identity } = (await accepted(await listen(mutual()), await authority.issue(issued))).link.remote!;
    expect(identity).toMatchObject(expected);
    expect(identity).not.toHaveProperty('spiffeId');
  });

  test('has no common name where the subject has none, or two', async () => {
    const address = await listen(mutual());
    for (const [subject, shown] of [
      ['', ''],
      ['O=Shop', 'O=Shop'],
      ['CN=orders, CN=payments', 'CN=orders, CN=payments'],
    ] as const) {
      const { identity } = (await accepted(address, await authority.issue({ subject }))).link.remote!;
      expect(identity).toMatchObject({ subject: shown, dnsNames: ['localhost'] });
      expect(identity).not.toHaveProperty('commonName');
    }
  });

  test('is nobody where no certificate is required, whatever is shown, nor without TLS', async () => {
    const address = await listen({ ...own, ca: authority.certificate, plaintext: 'allow' });
    const shown = await accepted(address, await authority.issue({ uris: ['spiffe://shop.example/orders'] }));
    near.push(new Probe(await new TcpTransport(clock).connect(address.replace('tls', 'tcp'), never)));
    await eventually(() => expect(far).toHaveLength(2));
    for (const { link } of [shown, far[1]!]) expect(link.remote).toEqual({ address: link.peer });
  });

  test('is nobody without TLS where certificates are required of those who come with it', async () => {
    const address = await listen({ ...mutual(), plaintext: 'allow' });
    near.push(new Probe(await new TcpTransport(clock).connect(address.replace('tls', 'tcp'), never)));
    await eventually(() => expect(far).toHaveLength(1));
    expect(far[0]!.link.remote).toEqual({ address: far[0]!.link.peer });
  });

  test('stays who it is when it has left, and is read once', async () => {
    const [probe, other] = [
      await accepted(await listen(mutual()), await authority.issue({ names: ['orders'] })),
      await accepted(listeners[0]!.address, await authority.issue({ names: ['payments'] })),
    ];
    for (const each of near) each.link.close();
    await Promise.all([probe.ended(), other.ended()]);
    const { identity } = probe.link.remote!;
    expect(identity).toMatchObject({ commonName: 'orders' });
    expect(probe.link.remote!.identity).toBe(identity);
    expect(other.link.remote!.identity).toMatchObject({ commonName: 'payments' });
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('is who it was when it resumes a session of %s', async (version) => {
    const { host, port } = parseTlsAddress(await listen(mutual()));
    const { certificate: cert, key } = await authority.issue({ uris: ['spiffe://shop.example/orders'] });
    let session: Buffer | undefined;
    const speak = async (): Promise<TLSSocket> => {
      const socket = connect({
        ...{ host, port, cert, key, ca: authority.certificate, minVersion: version, maxVersion: version },
        ...(session ? { session } : {}),
      });
      socket.on('session', (each) => (session = each));
      socket.on('error', () => undefined);
      await once(socket, 'secureConnect');
      socket.write('SKERRY1\n');
      await once(socket, 'data');
      return socket;
    };
    const first = await speak();
    await eventually(() => expect(session).toBeDefined());
    const second = await speak();
    expect([first.isSessionReused(), second.isSessionReused()]).toEqual([false, true]);
    await eventually(() => expect(far).toHaveLength(2));
    for (const { link } of far)
      expect(link.remote!.identity).toMatchObject({ spiffeId: 'spiffe://shop.example/orders' });
    first.destroy();
    second.destroy();
  });
});
