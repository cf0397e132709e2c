import { SkerryError } from '../../errors/skerry-error.js';

/** Who this process is to its peers, and whom it trusts. Certificates and keys are PEM, as text or as the path of a file. */
export interface TlsOptions {
  /** This process's certificate, followed by those between it and the authority. Default `SKERRY_TLS_CERT`. */
  readonly certificate?: string;
  /** Its private key. Default `SKERRY_TLS_KEY`. */
  readonly key?: string;
  /** The authorities that peers' certificates must come from. Default `SKERRY_TLS_CA`, or those that Node trusts. */
  readonly ca?: string | readonly string[];
  /** Whether those that connect must show a certificate of {@link ca}. Default `SKERRY_TLS_REQUIRE_CLIENT_CERT`, or `false`. */
  readonly requireClientCertificate?: boolean;
  /**
   * The name that the certificates of those who are connected to must be for, where it is not the host of their address: a DNS
   * name, or a SPIFFE id, `spiffe://shop.example/orders`, or all of a trust domain, `spiffe://shop.example/*`. Where each service has
   * a name of its own, `{service}` stands for that of the service that is called: `spiffe://shop.example/{service}`. Default
   * `SKERRY_TLS_SERVER_NAME`, or the host.
   */
  readonly serverName?: string;
  /** Default `SKERRY_TLS_MIN_VERSION`, or `TLSv1.2`. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** Whether a `tls://` port takes peers without TLS as well, while a system moves over. Default `SKERRY_TLS_PLAINTEXT`, or `refuse`. */
  readonly plaintext?: 'refuse' | 'allow';
  /**
   * How soon files that were replaced count, in ms: for handshakes from then on, while connections live on. Default 1,000.
   */
  readonly reloadMs?: number;
}

/** {@link TlsOptions}, with what was left open filled in. */
export interface ResolvedTlsOptions extends TlsOptions {
  readonly ca?: readonly string[];
  readonly requireClientCertificate: boolean;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly plaintext: 'refuse' | 'allow';
  readonly reloadMs: number;
}

/** A SPIFFE id with a path, or a DNS name. */
const serverNameForm = /^(spiffe:\/\/[^\s"/{}]+\/([^\s"{}]|\{service\})+|([^\s"/:{}]|\{service\})+)$/;

type Env = Readonly<Record<string, string | undefined>>;

/** Fills in what was left out. Reads no file. Throws `SKERRY_TLS_CONFIG_INVALID` for what cannot work. */
export function resolveTlsOptions(given: TlsOptions = {}, env: Env = {}): ResolvedTlsOptions {
  const certificate = given.certificate ?? (env['SKERRY_TLS_CERT'] || undefined);
  const key = given.key ?? (env['SKERRY_TLS_KEY'] || undefined);
  const ca = given.ca ?? (env['SKERRY_TLS_CA'] || undefined);
  const serverName = given.serverName ?? (env['SKERRY_TLS_SERVER_NAME'] || undefined);
  const requireClientCertificate =
    given.requireClientCertificate ?? oneOf('SKERRY_TLS_REQUIRE_CLIENT_CERT', env, ['false', 'true']) === 'true';
  const minVersion = given.minVersion ?? oneOf('SKERRY_TLS_MIN_VERSION', env, ['TLSv1.2', 'TLSv1.3']);
  const plaintext = given.plaintext ?? oneOf('SKERRY_TLS_PLAINTEXT', env, ['refuse', 'allow']);
  const { reloadMs = 1_000 } = given;
  if ((certificate === undefined) !== (key === undefined)) {
    const [has, lacks] = certificate === undefined ? ['key', 'certificate'] : ['certificate', 'key'];
    throw tlsConfigInvalid(`there is a ${has} and no ${lacks}; give both (SKERRY_TLS_CERT and SKERRY_TLS_KEY)`);
  }
  if (requireClientCertificate && ca === undefined) {
    throw tlsConfigInvalid(
      'requireClientCertificate needs ca (SKERRY_TLS_CA): otherwise whoever any public authority knows would be let in',
    );
  }
  if (!(reloadMs >= 0 && reloadMs < 2 ** 31)) {
    throw tlsConfigInvalid(`reloadMs is ${reloadMs}; give milliseconds, 0 or more`);
  }
  if (serverName !== undefined && !serverNameForm.test(serverName)) {
    throw tlsConfigInvalid(
      `serverName is '${serverName}'; give a DNS name, spiffe://domain/path, or spiffe://domain/*, with {service} in it where each service has its own`,
    );
  }
  return {
    ...(certificate === undefined ? {} : { certificate }),
    ...(key === undefined ? {} : { key }),
    ...(ca === undefined ? {} : { ca: typeof ca === 'string' ? [ca] : ca }),
    ...(serverName === undefined ? {} : { serverName }),
    ...{ requireClientCertificate, minVersion, plaintext, reloadMs },
  };
}

/** The value of a variable, one of those allowed; the first one where it is not set. */
function oneOf<const V extends string>(name: string, env: Env, allowed: readonly [V, ...V[]]): V {
  const value = env[name];
  if (!value) return allowed[0];
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw tlsConfigInvalid(`${name} is '${value}'; it can be ${allowed.join(', ')}`);
  return found;
}

export function tlsConfigInvalid(why: string, cause?: unknown): SkerryError {
  return new SkerryError('SKERRY_TLS_CONFIG_INVALID', `TLS cannot be set up so: ${why}.`, cause ? { cause } : {});
}
