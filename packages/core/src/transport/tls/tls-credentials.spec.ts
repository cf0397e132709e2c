import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CertificateAuthority, type KeyPair } from '@skerry-private/test-kit';
import { ManualClock } from '../../clock/manual-clock.js';
import { SystemClock } from '../../clock/system-clock.js';
import { Probe } from '../conformance-probe.js';
import { TlsTransport } from '../tls.js';
import { TlsCredentials, type TlsEvent } from './tls-credentials.js';
import { resolveTlsOptions, type TlsOptions } from './tls-options.js';

const never = new AbortController().signal;

describe('the certificates of a process', () => {
  let authority: CertificateAuthority;
  let pairs: KeyPair[];
  let directory: string;
  let events: TlsEvent[];

  beforeAll(async () => {
    authority = await CertificateAuthority.create();
    pairs = await Promise.all([1, 2, 3].map((each) => authority.issue({ names: ['localhost', `${each}.example`] })));
  });

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'skerry-tls-'));
    events = [];
    put(pairs[0]!);
  });

  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const file = (name: string): string => join(directory, name);
  const files = (): TlsOptions => ({ certificate: file('tls.crt'), key: file('tls.key') });
  /** As it is done well: written beside, and renamed. */
  function replace(name: string, text: string): void {
    writeFileSync(file(`${name}.new`), text);
    renameSync(file(`${name}.new`), file(name));
  }
  function put({ certificate, key }: KeyPair): void {
    replace('tls.crt', certificate);
    replace('tls.key', key);
  }
  const open = (clock: ManualClock, options: TlsOptions = files()): TlsCredentials =>
    new TlsCredentials(resolveTlsOptions(options), clock, (event) => events.push(event));

  test('are read again when their files were replaced, and a second has passed', async () => {
    const clock = new ManualClock();
    const credentials = open(clock);
    const before = credentials.current;
    put(pairs[1]!);
    await clock.advance(999);
    expect(credentials.current).toBe(before);
    await clock.advance(1);
    expect(credentials.current.certificate!.subjectAltName).toContain('2.example');
    expect(events).toMatchObject([{ type: 'tls-renewed', subject: 'CN=localhost' }]);
    await clock.advance(1_000);
    expect(credentials.current).toBe(credentials.current);
    expect(events).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });

  test('are read again when a directory above was exchanged, as Kubernetes does', async () => {
    const clock = new ManualClock();
    for (const [i, { certificate, key }] of pairs.slice(0, 2).entries()) {
      mkdirSync(file(`v${i}`));
      writeFileSync(file(`v${i}/tls.crt`), certificate);
      writeFileSync(file(`v${i}/tls.key`), key);
    }
    symlinkSync('v0', file('data'));
    const credentials = open(clock, { certificate: file('data/tls.crt'), key: file('data/tls.key') });
    symlinkSync('v1', file('data.new'));
    renameSync(file('data.new'), file('data'));
    await clock.advance(1_000);
    expect(credentials.current.certificate!.subjectAltName).toContain('2.example');
  });

  test('stay as they were while the files do not fit, are broken, or missing, which is told once', async () => {
    const clock = new ManualClock();
    const credentials = open(clock);
    const before = credentials.current;
    const spoilt: [() => void, RegExp][] = [
      [() => replace('tls.crt', pairs[1]!.certificate), /is not that of the certificate/],
      [() => replace('tls.crt', 'nonsense'), /holds no PEM text/],
      [() => replace('tls.crt', pairs[1]!.certificate.slice(0, 200)), /cannot be used/],
      [() => rmSync(file('tls.crt')), /cannot be read: ENOENT/],
    ];
    for (const [spoil, message] of spoilt) {
      events.length = 0;
      spoil();
      for (let second = 0; second < 3; second++) {
        await clock.advance(1_000);
        expect(credentials.current).toBe(before);
      }
      expect(events).toMatchObject([{ type: 'tls-renewal-failed', error: { code: 'SKERRY_TLS_CONFIG_INVALID' } }]);
      expect((events[0] as { error: Error }).error.message).toMatch(message);
      expect((events[0] as { error: Error }).error.message).not.toContain('PRIVATE');
    }
    put(pairs[2]!);
    await clock.advance(1_000);
    expect(credentials.current.certificate!.subjectAltName).toContain('3.example');
  });

  test.each<[string, () => TlsOptions, RegExp]>([
    ['a file that is missing', () => ({ ...files(), key: '/none' }), /the key cannot be read: ENOENT/],
    ['the key of another', () => ({ ...files(), key: pairs[1]!.key }), /is not that of the certificate/],
    ['one of two', () => ({ certificate: 'x' }), /a certificate and no key/],
    ['everybody’s authorities', () => ({ ...files(), requireClientCertificate: true }), /needs ca/],
    ['an authority that is none', () => ({ ca: pairs[0]!.key }), /the ca that was given as text cannot be used/],
    ['a name that is none', () => ({ serverName: 'https://x' }), /serverName is 'https:\/\/x'/],
  ])('cannot be %s', (_, options, message) => {
    expect(() => open(new ManualClock(), options())).toThrow(message);
    expect(() => open(new ManualClock(), options())).toThrow(
      expect.objectContaining({ code: 'SKERRY_TLS_CONFIG_INVALID' }) as Error,
    );
  });

  test('are named by the environment where the options leave them out', () => {
    const env = {
      ...{ SKERRY_TLS_CERT: 'c', SKERRY_TLS_KEY: 'k', SKERRY_TLS_CA: 'a', SKERRY_TLS_SERVER_NAME: 'orders' },
      ...{ SKERRY_TLS_REQUIRE_CLIENT_CERT: 'true', SKERRY_TLS_MIN_VERSION: 'TLSv1.3', SKERRY_TLS_PLAINTEXT: 'allow' },
    };
    expect(resolveTlsOptions({ ca: 'b', reloadMs: 5 }, env)).toEqual({
      ...{ certificate: 'c', key: 'k', ca: ['b'], serverName: 'orders', reloadMs: 5 },
      ...{ requireClientCertificate: true, minVersion: 'TLSv1.3', plaintext: 'allow' },
    });
    expect(() => resolveTlsOptions({}, { SKERRY_TLS_PLAINTEXT: 'yes' })).toThrow(
      /SKERRY_TLS_PLAINTEXT is 'yes'.*refuse/,
    );
  });

  test('are exchanged under load, by the files’ 40 renewals, and not one good handshake fails', async () => {
    const clock = new SystemClock();
    const resolved = resolveTlsOptions({
      ...files(),
      ...{ ca: file('ca.crt'), requireClientCertificate: true, reloadMs: 5 },
    });
    writeFileSync(file('ca.crt'), authority.certificate);
    const credentials = new TlsCredentials(resolved, clock, (event) => events.push(event));
    const transport = new TlsTransport(clock, credentials);
    const refusals: Error[] = [];
    const echo = await transport.listen(
      'tls://127.0.0.1:0',
      (link) => {
        const probe = new Probe(link);
        probe.onFrame = (bytes) => link.send(bytes);
      },
      (error) => refusals.push(error),
    );
    const lasting = new Probe(await transport.connect(echo.address, never));

    let rotating = true;
    let handshakes = 0;
    const calls = async (): Promise<void> => {
      while (rotating) {
        const probe = new Probe(await transport.connect(echo.address, never));
        handshakes++;
        probe.sendText(`${handshakes}`);
        await probe.untilFrames(1);
        probe.link.close();
        await probe.ended();
      }
    };
    const load = Promise.all([calls(), calls(), calls(), calls()]);
    // On a busy machine a handshake may take longer than a renewal.
    for (let i = 1; i <= 40 || handshakes <= 40; i++) {
      put(pairs[i % pairs.length]!);
      await clock.sleep(50);
    }
    rotating = false;
    await load;
    expect(refusals).toEqual([]);
    expect(events.filter(({ type }) => type === 'tls-renewed').length).toBeGreaterThan(5);
    lasting.sendText('still the first connection');
    await lasting.untilFrames(1);
    lasting.link.close();
    await lasting.ended();
    await echo.close();
  });
});
