import { SkerryError } from '@skerry/core';

export interface RabbitMqTlsOptions {
  /** Certificates that the server's is checked against, as PEM text. Default: those that Node trusts. */
  readonly ca?: string | Buffer;
  /** This client's certificate, as PEM text, for servers that ask for one. Goes with {@link key}. */
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  /** The name that the server's certificate must be for. Default: the host of the URL. */
  readonly serverName?: string;
  /** `false` takes any certificate, and with it anybody who listens there. Default `true`. */
  readonly verify?: boolean;
}

export interface RabbitMqOptions {
  /**
   * `amqp://user:password@host:port/vhost`, or `amqps://`. User and password are `guest` where it has none, the virtual host is
   * `/`. Default: `RABBITMQ_URL`, or `amqp://127.0.0.1:5672`.
   */
  readonly url?: string;
  /** Whom to trust, and who this is, for `amqps://`. Default: the system's authorities, no certificate. */
  readonly tls?: RabbitMqTlsOptions;
  /** The topic exchange that everything is published to; the names of what delays messages begin with it. Default `skerry`. */
  readonly exchange?: string;
  /** How long a connection may take to open, in ms. Default 5,000. */
  readonly connectTimeoutMs?: number;
  /**
   * A connection on which nothing has come for twice as long has failed; whole seconds, in ms. The server may ask for less.
   * Default 10,000.
   */
  readonly heartbeatMs?: number;
  /**
   * What may be on its way to the server, not yet confirmed, in bytes; more waits, four times as much again at most.
   * Default 8 MiB.
   */
  readonly maxUnconfirmedBytes?: number;
}

/** Where to connect, and as whom. */
export interface RabbitMqAddress {
  readonly protocol: 'amqp' | 'amqps';
  readonly hostname: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** As it is in the URL: still escaped. */
  readonly vhost: string;
}

export interface ResolvedRabbitMqOptions {
  readonly address: RabbitMqAddress;
  readonly tls: RabbitMqTlsOptions;
  readonly exchange: string;
  readonly connectTimeoutMs: number;
  readonly heartbeatMs: number;
  readonly maxUnconfirmedBytes: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Fills in what was left out. Throws `SKERRY_OPTION_INVALID` for what cannot work. */
export function resolveRabbitMqOptions(options: RabbitMqOptions, env: Environment): ResolvedRabbitMqOptions {
  const { tls = {}, exchange = 'skerry', connectTimeoutMs = 5_000, heartbeatMs = 10_000 } = options;
  const { maxUnconfirmedBytes = 8 * 1024 * 1024 } = options;
  if (!/^[\w.-]{1,100}$/.test(exchange) || exchange.startsWith('amq.')) {
    throw invalid(`exchange is '${exchange}'; give 1 to 100 letters, digits, '.', '-', '_', not beginning with 'amq.'`);
  }
  if (!(connectTimeoutMs >= 100 && connectTimeoutMs <= 600_000)) {
    throw invalid(`connectTimeoutMs is ${connectTimeoutMs}; give milliseconds, from 100 to 600,000`);
  }
  if (!(heartbeatMs >= 1_000 && heartbeatMs <= 600_000 && heartbeatMs % 1_000 === 0)) {
    throw invalid(`heartbeatMs is ${heartbeatMs}; give whole seconds, from 1,000 to 600,000 ms`);
  }
  if (!(Number.isInteger(maxUnconfirmedBytes) && maxUnconfirmedBytes >= 1)) {
    throw invalid(`maxUnconfirmedBytes is ${maxUnconfirmedBytes}; give a whole number, 1 or more`);
  }
  if (!tls.cert !== !tls.key) throw invalid(`tls has a ${tls.cert ? 'cert' : 'key'} alone; give both, or neither`);
  const address = addressOf(options.url, env);
  if (options.tls && address.protocol !== 'amqps') throw invalid('tls is given, but the url is amqp; write amqps');
  return { address, tls, exchange, connectTimeoutMs, heartbeatMs, maxUnconfirmedBytes };
}

function addressOf(given: string | undefined, env: Environment): RabbitMqAddress {
  const from = given === undefined ? 'RABBITMQ_URL' : 'url';
  const text = given ?? (env['RABBITMQ_URL'] || 'amqp://127.0.0.1:5672');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const protocol = url?.protocol.slice(0, -1);
  // What is wrong is not shown: it may hold a password.
  if (!url?.hostname || (protocol !== 'amqp' && protocol !== 'amqps')) {
    throw invalid(`${from} is no URL of a server; write it as amqp://user:password@host:5672/vhost or amqps://...`);
  }
  const [unknown] = url.searchParams.keys();
  if (unknown !== undefined) {
    throw invalid(`${from} has the parameter '${unknown}', and none is read; give it as an option of the module`);
  }
  const anybody = url.username === '' && url.password === '';
  return {
    protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (protocol === 'amqps' ? 5671 : 5672),
    username: anybody ? 'guest' : unescaped(url.username, from),
    password: anybody ? 'guest' : unescaped(url.password, from),
    vhost: url.pathname.slice(1),
  };
}

function unescaped(text: string, from: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid(`${from} has a user or password that is not escaped as in URLs; write '%' as %25`);
  }
}

function invalid(message: string): SkerryError {
  return new SkerryError('SKERRY_OPTION_INVALID', `RabbitMQ cannot be reached as it is configured: ${message}.`);
}
