import { systemProgram } from '@skerry-private/test-kit';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectPlain, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';
import {
  CertificateAuthority,
  eventually,
  selfSigned,
  type IssueOptions,
  type KeyPair,
} from '@skerry-private/test-kit';
import { ManualClock } from '../clock/manual-clock.js';
import type { SkerryError } from '../errors/skerry-error.js';
import { Probe } from './conformance-probe.js';
import type { Listener } from './driver.js';
import { HttpOnPort } from './fixtures/http-on-port.js';
import { TcpTransport } from './tcp.js';
import { parseTlsAddress } from './tls-address.js';
import { TlsTransport } from './tls.js';
import { TlsCredentials } from './tls/tls-credentials.js';
import { resolveTlsOptions, type TlsOptions } from './tls/tls-options.js';

const withCurl = (await systemProgram({ probe: ['curl', '--version'], packages: ['curl'] })) ? test : test.skip;

const never = new AbortController().signal;

describe('tls', () => {
  let authority: CertificateAuthority;
  let stranger: CertificateAuthority;
  let good: KeyPair;
  let clock: ManualClock;
  let refusals: SkerryError[];
  let probes: Probe[];
  let listeners: Listener[];
  let http: HttpOnPort;

  beforeAll(async () => {
    [authority, stranger] = await Promise.all([CertificateAuthority.create(), CertificateAuthority.create('Other CA')]);
    good = await authority.issue();
  });

  beforeEach(() => {
    clock = new ManualClock();
    http = new HttpOnPort();
    [refusals, probes, listeners] = [[], [], []];
  });

  afterEach(async () => {
    await Promise.all(listeners.map((listener) => listener.close()));
    http.close();
    for (const probe of probes) probe.link.destroy();
    await Promise.all(probes.map((probe) => probe.ended()));
    expect(clock.pendingTimers).toBe(0);
  });

  const transport = (options: TlsOptions): TlsTransport =>
    new TlsTransport(clock, new TlsCredentials(resolveTlsOptions(options), clock));

  const listen = async (options: TlsOptions = good, address = 'tls://127.0.0.1:0'): Promise<string> => {
    const accept = (link: Parameters<Parameters<TlsTransport['listen']>[1]>[0]): number => probes.push(new Probe(link));
    const listener = await transport(options).listen(address, accept, (error) => refusals.push(error), [http]);
    listeners.push(listener);
    return listener.address;
  };

  /** Connects, and passes a frame. */
  const reach = async (address: string, options: TlsOptions = {}): Promise<void> => {
    const near = new Probe(await transport({ ca: authority.certificate, ...options }).connect(address, never));
    probes.push(near);
    const far = await eventually(() => {
      expect(probes.length % 2).toBe(0);
      return probes.find((each) => each !== near && each.frames.length === 0)!;
    });
    near.sendText('inside');
    await far.untilFrames(1);
  };

  describe('who connects verifies the server, and', () => {
    const refuses = async (server: KeyPair | TlsOptions, message: RegExp, options: TlsOptions = {}): Promise<void> => {
      const address = await listen(server);
      await expect(transport({ ca: authority.certificate, ...options }).connect(address, never)).rejects.toMatchObject({
        code: 'SKERRY_TLS_UNTRUSTED',
        message: expect.stringMatching(message) as string,
      });
      expect(probes).toHaveLength(0);
    };

    test('takes one of its authority', async () => {
      await reach(await listen());
      expect(probes[0]!.link.peer).toMatch(/^tls:\/\/127\.0\.0\.1:\d+$/);
    });

    test('refuses one of another authority', async () => {
      await expect(
        refuses(await stranger.issue(), /authority that is not trusted here.*tls\.ca/),
      ).resolves.toBeUndefined();
    });

    test('refuses one of an authority that only has the name of the right one', async () => {
      const impostor = await CertificateAuthority.create();
      await expect(
        refuses(await impostor.issue(), /the name of one that is trusted here, and another key/),
      ).resolves.toBeUndefined();
    });

    test('refuses one of an authority that Node does not know, where none is given', async () => {
      const address = await listen();
      await expect(transport({}).connect(address, never)).rejects.toMatchObject({ code: 'SKERRY_TLS_UNTRUSTED' });
    });

    test('refuses one that signed itself', async () => {
      await expect(refuses(await selfSigned(), /signed by nobody but itself/)).resolves.toBeUndefined();
    });

    test('refuses one that has expired, or is not valid yet', async () => {
      await refuses(await authority.issue({ fromDays: -9, toDays: -1 }), /has expired/);
      await expect(
        refuses(await authority.issue({ fromDays: 1, toDays: 2 }), /not valid yet/),
      ).resolves.toBeUndefined();
    });

    test('refuses one for another name, and says which it is for', async () => {
      const orders = await authority.issue({ names: ['orders.example'], addresses: [] });
      await refuses(orders, /certificate is for DNS:orders\.example.*tls\.serverName/);
      await reach(await listen(orders), { serverName: 'orders.example' });
      expect(probes).toHaveLength(2);
    });

    test.each<[string, IssueOptions, string, boolean]>([
      ['that id', { uris: ['spiffe://shop/orders'] }, 'spiffe://shop/orders', true],
      ['any of a trust domain', { uris: ['spiffe://shop/orders'] }, 'spiffe://shop/*', true],
      ['another id', { uris: ['spiffe://shop/mail'] }, 'spiffe://shop/orders', false],
      ['another domain', { uris: ['spiffe://shop.evil/orders'] }, 'spiffe://shop/*', false],
      ['two ids', { uris: ['spiffe://shop/orders', 'spiffe://shop/mail'] }, 'spiffe://shop/orders', false],
      ['the id within another name', { uris: ['x:a, URI:spiffe://shop/orders'] }, 'spiffe://shop/*', false],
      ['none', {}, 'spiffe://shop/orders', false],
    ])('judges by a SPIFFE id one with %s', async (_, issued, serverName, accepted) => {
      const server = await authority.issue(issued);
      if (accepted) await reach(await listen(server), { serverName });
      else await refuses(server, /spiffe:\/\/shop/, { serverName });
      expect(probes).toHaveLength(accepted ? 2 : 0);
    });

    test('says that the server does not speak TLS', async () => {
      const server = createServer((socket) => void socket.on('error', () => undefined).end('220 smtp ready\r\n'));
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const address = `tls://127.0.0.1:${(server.address() as AddressInfo).port}`;
      await expect(transport({}).connect(address, never)).rejects.toMatchObject({
        code: 'SKERRY_TLS_HANDSHAKE_FAILED',
        message: expect.stringContaining('it does not speak TLS') as string,
      });
      server.close();
    });
  });

  describe('a server that requires certificates', () => {
    const mutual = (): TlsOptions => ({ ...good, ca: authority.certificate, requireClientCertificate: true });

    test('takes those of its authority', async () => {
      await reach(await listen(mutual()), await authority.issue());
      expect(refusals).toEqual([]);
    });

    test.each(['TLSv1.2', 'TLSv1.3'] as const)(
      'refuses who has none, and both sides say so, in %s',
      async (minVersion) => {
        const address = await listen({ ...mutual(), minVersion });
        await expect(transport({ ca: authority.certificate }).connect(address, never)).rejects.toMatchObject({
          code: 'SKERRY_TLS_HANDSHAKE_FAILED',
          message: expect.stringMatching(/wants a certificate of this side.*tls\.certificate/) as string,
        });
        await eventually(() => expect(refusals).toMatchObject([{ code: 'SKERRY_TLS_UNTRUSTED' }]));
        expect(refusals[0]!.message).toMatch(/tls:\/\/127\.0\.0\.1:\d+: it shows no certificate/);
        expect(probes).toHaveLength(0);
      },
    );

    test.each<[string, () => Promise<KeyPair>, RegExp]>([
      ['of another authority', () => stranger.issue(), /not trusted here/],
      ['that has expired', () => authority.issue({ fromDays: -9, toDays: -1 }), /has expired/],
      ['that signed itself', () => selfSigned(), /signed by nobody but itself/],
    ])('refuses one %s', async (_, issue, message) => {
      const address = await listen(mutual());
      const connecting = transport({ ca: authority.certificate, ...(await issue()) }).connect(address, never);
      await expect(connecting).rejects.toMatchObject({ code: expect.stringMatching(/^SKERRY_(TLS|RPC)_/) as string });
      await eventually(() => expect(refusals).toMatchObject([{ code: 'SKERRY_TLS_UNTRUSTED' }]));
      expect(refusals[0]!.message).toMatch(message);
      expect(refusals[0]!.message).toMatch(/tls:\/\/127\.0\.0\.1:\d+/);
      expect(probes).toHaveLength(0);
    });
  });

  describe('a port', () => {
    test('refuses what is spoken without TLS, and says what it is for', async () => {
      const address = await listen();
      const plain = new TcpTransport(clock).connect(address.replace('tls', 'tcp'), never);
      await expect(plain).rejects.toMatchObject({ code: 'SKERRY_RPC_CONNECT_FAILED' });
      expect(refusals).toMatchObject([{ code: 'SKERRY_TLS_HANDSHAKE_FAILED' }]);
      expect(refusals[0]!.message).toMatch(/speaks without TLS.*tls\.plaintext/);
    });

    test('takes both where that is asked for', async () => {
      const address = await listen({ ...good, plaintext: 'allow' });
      await reach(address);
      const plain = new Probe(await new TcpTransport(clock).connect(address.replace('tls', 'tcp'), never));
      probes.push(plain);
      plain.link.destroy();
      await plain.ended();
      expect(refusals).toEqual([]);
    });

    withCurl.each([[['http/1.1']], [[]]])('carries other protocols inside, whose names are %j', async (alpn) => {
      http = new HttpOnPort(alpn);
      const directory = mkdtempSync(join(tmpdir(), 'skerry-'));
      const ca = join(directory, 'ca.crt');
      writeFileSync(ca, authority.certificate);
      const { port } = parseTlsAddress(await listen());
      const get = ['--silent', '--show-error', '--cacert', ca, `https://localhost:${port}/greeter`];
      const { stdout } = await promisify(execFile)('curl', [...get, '--resolve', `localhost:${port}:127.0.0.1`]);
      expect(stdout).toBe('hello from /greeter');
      expect(http.peers).toEqual([expect.stringMatching(/^tls:\/\/127\.0\.0\.1:\d+$/)]);
      rmSync(directory, { recursive: true });
    });

    test('closes a handshake that stalls, a peer that stays silent within it, and one that says nothing at all, in time', async () => {
      const address = await listen();
      const { host, port } = parseTlsAddress(address);
      const within = connectTls({ host, port, ca: authority.certificate, ALPNProtocols: ['skerry'] });
      await once(within, 'secureConnect');
      const sockets: Socket[] = [within];
      for (const start of ['', '\x16', '\x16\x03', '\x16\x03\x01\x02\x00\x01\x00']) {
        const socket = connectPlain({ host, port });
        sockets.push(socket);
        await once(socket, 'connect');
        if (start) socket.write(start, 'latin1');
      }
      const closed = sockets.map((socket) => whenClosed(socket));
      await eventually(() => expect(clock.pendingTimers).toBe(sockets.length));
      await reach(address);
      await clock.advance(4_999);
      expect(refusals).toEqual([]);
      await clock.advance(1);
      await Promise.all(closed);
      expect(refusals).toHaveLength(sockets.length);
      expect(new Set(refusals.map(({ code }) => code))).toEqual(
        new Set(['SKERRY_TLS_HANDSHAKE_FAILED', 'SKERRY_TRANSPORT_BAD_PREFACE']),
      );
    });

    test('breaks handshakes when it is closed', async () => {
      const { host, port } = parseTlsAddress(await listen());
      const socket = connectPlain({ host, port });
      await once(socket, 'connect');
      socket.write('\x16\x03\x01\x02\x00\x01\x00', 'latin1');
      const closed = whenClosed(socket);
      await eventually(() => expect(clock.pendingTimers).toBe(1));
      await listeners[0]!.close();
      await closed;
      expect(refusals).toEqual([]);
    });

    test('negotiates once', async () => {
      const { host, port } = parseTlsAddress(await listen());
      const socket = connectTls({ host, port, ca: authority.certificate, maxVersion: 'TLSv1.2' });
      await once(socket, 'secureConnect');
      socket.write('SKERRY1\n');
      await once(socket, 'data');
      const closed = whenClosed(socket);
      socket.renegotiate({}, () => undefined);
      await closed;
      expect(await probes[0]!.ended()).toBe('SKERRY_RPC_CONNECTION_LOST');
    });

    test('takes no version of TLS that is too old', async () => {
      const address = await listen({ ...good, minVersion: 'TLSv1.3' });
      const { host, port } = parseTlsAddress(address);
      const socket = connectTls({ host, port, ca: authority.certificate, maxVersion: 'TLSv1.2' });
      await once(socket, 'error');
      await eventually(() => expect(refusals).toMatchObject([{ code: 'SKERRY_TLS_HANDSHAKE_FAILED' }]));
    });

    test('needs a certificate', async () => {
      await expect(listen({})).rejects.toMatchObject({
        code: 'SKERRY_TLS_CONFIG_INVALID',
        message: expect.stringContaining('SKERRY_TLS_CERT') as string,
      });
    });
  });
});

/** However it comes about. */
function whenClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) =>
    socket
      .on('error', () => undefined)
      .resume()
      .once('close', () => resolve()),
  );
}
