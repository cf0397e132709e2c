// What the certificate library finds its parts with.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type Extension,
  type JsonGeneralName,
  type X509Certificate,
} from '@peculiar/x509';

type CryptoKeyPair = webcrypto.CryptoKeyPair;

cryptoProvider.set(webcrypto);

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const day = 24 * 60 * 60 * 1_000;
let serial = 1;

/** PEM texts. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface IssueOptions {
  /** DNS names that it is for. Default `localhost`. */
  readonly names?: readonly string[];
  /** IP addresses that it is for. Default 127.0.0.1 and ::1. */
  readonly addresses?: readonly string[];
  /** Such as `spiffe://shop.example/orders`. Default: none. */
  readonly uris?: readonly string[];
  /** Whose it is, as `CN=orders, O=Shop`; may be empty. Default: `CN=` and the first of the names. */
  readonly subject?: string;
  /** When it was valid, in days from now. Default: from yesterday to tomorrow. */
  readonly fromDays?: number;
  readonly toDays?: number;
}

/** An authority of its own that tests trust, or do not. Made anew each time: nothing of it is kept in a repository. */
export class CertificateAuthority {
  private constructor(
    private readonly authority: X509Certificate,
    private readonly keys: CryptoKeyPair,
  ) {}

  static async create(name = 'Test CA'): Promise<CertificateAuthority> {
    const keys = await newKeys();
    const authority = await X509CertificateGenerator.createSelfSigned({
      ...common({}),
      keys,
      name: `CN=${name}`,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    });
    return new CertificateAuthority(authority, keys);
  }

  /** PEM. */
  get certificate(): string {
    return this.authority.toString('pem');
  }

  /** A certificate for servers and clients, with its key. */
  async issue(options: IssueOptions = {}): Promise<KeyPair> {
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.create({
      ...common(options),
      publicKey: keys.publicKey,
      signingKey: this.keys.privateKey,
      issuer: this.authority.subject,
      subject: options.subject ?? `CN=${options.names?.[0] ?? 'localhost'}`,
      extensions: extensions(options),
    });
    return pair(certificate, keys);
  }
}

/** A certificate that nobody has signed but itself. */
export async function selfSigned(options: IssueOptions = {}): Promise<KeyPair> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...common(options),
    keys,
    name: `CN=${options.names?.[0] ?? 'localhost'}`,
    extensions: extensions(options),
  });
  return pair(certificate, keys);
}

function newKeys(): Promise<CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

function common({ fromDays = -1, toDays = 1 }: IssueOptions) {
  return {
    serialNumber: (serial++).toString(16).padStart(4, '0'),
    notBefore: new Date(Date.now() + fromDays * day),
    notAfter: new Date(Date.now() + toDays * day),
    signingAlgorithm: algorithm,
  };
}

function extensions({ names = ['localhost'], addresses = ['127.0.0.1', '::1'], uris = [] }: IssueOptions): Extension[] {
  const alternatives: JsonGeneralName[] = [
    ...names.map((value) => ({ type: 'dns' as const, value })),
    ...addresses.map((value) => ({ type: 'ip' as const, value })),
    ...uris.map((value) => ({ type: 'url' as const, value })),
  ];
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
    new SubjectAlternativeNameExtension(alternatives),
  ];
}

async function pair(certificate: X509Certificate, keys: CryptoKeyPair): Promise<KeyPair> {
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const lines = key.match(/.{1,64}/g)!.join('\n');
  return {
    certificate: certificate.toString('pem'),
    key: `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`,
  };
}
