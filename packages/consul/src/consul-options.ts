import { SkerryError } from '@skerry/core';

/**
 * - `stale`: any server may answer, also while there is no leader; the answer is some milliseconds old, in trouble more.
 * - `default`: the leader answers. While one is elected nobody does, for some 10 s.
 * - `consistent`: the leader answers when it has made sure that it still is one.
 */
export type ConsulConsistency = 'stale' | 'default' | 'consistent';

export interface ConsulTlsOptions {
  /** Certificates that the agent's is checked against, as PEM text. Default: those that Node trusts. */
  readonly ca?: string | Buffer;
  /** This client's certificate, as PEM text, for agents that ask for one. Goes with {@link key}. */
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  /** The name that the agent's certificate must be for. Default: the host of the URL. */
  readonly serverName?: string;
  /** `false` takes any certificate, and with it anybody who listens there. Default `true`. */
  readonly verify?: boolean;
}

export interface ConsulOptions {
  /**
   * The agent of this machine, not a server far away: it keeps the registrations. Default: `CONSUL_HTTP_ADDR` (with
   * `CONSUL_HTTP_SSL`), or `http://127.0.0.1:8500`.
   */
  readonly url?: string;
  /**
   * ACL token; needs `service:write` for the services that this application serves, and `service:read` and `node:read` for
   * those that it calls. Default: `CONSUL_HTTP_TOKEN`, or none.
   */
  readonly token?: string;
  /** Where to look services up. Registrations are the agent's. Default: the agent's own. */
  readonly datacenter?: string;
  /** Whom to trust, and who this is, for `https://`. Default: the system's authorities, no certificate. */
  readonly tls?: ConsulTlsOptions;
  /** Which answers about services will do. Default `stale`. */
  readonly consistency?: ConsulConsistency;
  /**
   * How long Consul holds a question for changes at most, in ms; an agent that hangs is noticed some seconds later. After a
   * change it is held for a second, then twice as long each time. Default 30 s.
   */
  readonly waitMs?: number;
  /**
   * How many services are asked about changes at once; more take turns. Each is a connection of its own, of which an agent
   * takes 200 from one address by default (`limits.http_max_conns_per_client`). Default 64.
   */
  readonly maxWatches?: number;
}

export interface ResolvedConsulOptions {
  readonly url: URL;
  readonly token: string | undefined;
  readonly datacenter: string | undefined;
  readonly tls: ConsulTlsOptions;
  readonly consistency: ConsulConsistency;
  readonly waitMs: number;
  readonly maxWatches: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Fills in what was left out. Throws `SKERRY_OPTION_INVALID` for what cannot work. */
export function resolveConsulOptions(options: ConsulOptions, env: Environment): ResolvedConsulOptions {
  const { consistency = 'stale', waitMs = 30_000, maxWatches = 64, tls = {} } = options;
  if (!['stale', 'default', 'consistent'].includes(consistency)) {
    throw invalid(`consistency is '${consistency as string}'; it can be stale, default, consistent`);
  }
  // Consul itself holds no question longer than that.
  if (!(waitMs >= 1_000 && waitMs <= 600_000)) {
    throw invalid(`waitMs is ${waitMs}; give milliseconds, from 1,000 to 600,000`);
  }
  if (!(Number.isInteger(maxWatches) && maxWatches >= 1)) {
    throw invalid(`maxWatches is ${maxWatches}; give a whole number, 1 or more`);
  }
  if (!tls.cert !== !tls.key) throw invalid(`tls has a ${tls.cert ? 'cert' : 'key'} alone; give both, or neither`);
  const url = agentUrl(options.url, env);
  if (options.tls && url.protocol !== 'https:') throw invalid(`tls is given, but the url is http; write https`);
  return {
    url,
    token: options.token ?? (env['CONSUL_HTTP_TOKEN'] || undefined),
    datacenter: options.datacenter,
    tls,
    consistency,
    waitMs,
    maxWatches,
  };
}

function agentUrl(given: string | undefined, env: Environment): URL {
  const from = given === undefined ? 'CONSUL_HTTP_ADDR' : 'url';
  let text = given ?? (env['CONSUL_HTTP_ADDR'] || 'http://127.0.0.1:8500');
  // As Consul's own tools read it: `127.0.0.1:8500` is an address too.
  if (!text.includes('://')) text = `${/^(1|true)$/i.test(env['CONSUL_HTTP_SSL'] ?? '') ? 'https' : 'http'}://${text}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    // Not shown: it may hold a password.
    throw invalid(`${from} is no URL of an agent; write it as http://127.0.0.1:8500 or https://...`);
  }
  return url;
}

function invalid(message: string): SkerryError {
  return new SkerryError('SKERRY_OPTION_INVALID', `Consul cannot be reached as it is configured: ${message}.`);
}
