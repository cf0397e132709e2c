import type { ConnectionOptions } from 'node:tls';
import { SkerryError } from '@skerry/core';
import type { GrpcServiceOptions } from './client/described-service.js';
import { isCompression, type Compression } from './wire/compression.js';

/** How an application serves gRPC. */
export interface GrpcServerOptions {
  /** Calls that one connection may have running. Default 1,024. */
  readonly maxConcurrentStreams?: number;
  /** How replies of 1 KiB and more are compressed for callers that accept it. Default: not at all. */
  readonly compression?: Compression;
  /** How long a peer may take to introduce itself, and to send the request of a call that it began, in ms. Default 10 s. */
  readonly requestTimeoutMs?: number;
  /** How long a connection may be without calls before it is closed, in ms. Default 5 min. */
  readonly idleTimeoutMs?: number;
  /** How often a peer that has calls running is asked whether it is there, in ms. Default 30 s. */
  readonly keepAliveMs?: number;
  /** How long it may take to answer that, in ms. Default 20 s. */
  readonly keepAliveTimeoutMs?: number;
  /** After which time a connection is replaced by its peer, so that balancers see it anew, in ms. Default: never. */
  readonly maxConnectionAgeMs?: number;
  /** Whether clients may ask what is served: `grpc.reflection`. Default `true`. */
  readonly reflection?: boolean;
}

export type ResolvedServerOptions = Required<Omit<GrpcServerOptions, 'compression'>> &
  Pick<GrpcServerOptions, 'compression'>;

const defaults = {
  maxConcurrentStreams: 1_024,
  requestTimeoutMs: 10_000,
  idleTimeoutMs: 300_000,
  keepAliveMs: 30_000,
  keepAliveTimeoutMs: 20_000,
  maxConnectionAgeMs: Infinity,
  reflection: true,
};

/** Throws `SKERRY_OPTION_INVALID`. */
export function resolveServerOptions(given: GrpcServerOptions): ResolvedServerOptions {
  const options = { ...defaults, ...given };
  for (const key of ['requestTimeoutMs', 'idleTimeoutMs', 'keepAliveMs', 'keepAliveTimeoutMs'] as const) {
    checkPositive(key, options[key]);
  }
  checkPositive('maxConnectionAgeMs', options.maxConnectionAgeMs);
  checkPositive('maxConcurrentStreams', options.maxConcurrentStreams);
  checkCompression(options.compression);
  return options;
}

function checkCompression(compression: string | undefined): void {
  if (compression !== undefined && !isCompression(compression)) {
    throw invalid('compression', compression, "'gzip' or 'deflate'");
  }
}

function checkPositive(key: string, value: number): void {
  if (!(value > 0)) throw invalid(key, value, 'a number above 0');
}

function invalid(key: string, value: unknown, wanted: string): SkerryError {
  return new SkerryError(
    'SKERRY_OPTION_INVALID',
    `GrpcModule: ${key} is ${JSON.stringify(value)}; it must be ${wanted}.`,
  );
}

/** How an application calls others by gRPC. */
export interface GrpcClientOptions {
  /** How requests of 1 KiB and more are compressed. Every peer must know it. Default: not at all. */
  readonly compression?: Compression;
  /**
   * How often a peer that calls wait for is asked whether it is there, in ms. Servers of others end connections that ask more
   * often than every 5 min, which is the default; a call that ran out of time without an answer asks at once.
   */
  readonly keepAliveMs?: number;
  /** How long the peer may take to answer that, in ms. Default 10 s. */
  readonly keepAliveTimeoutMs?: number;
  /** For `grpcs://`: authorities, a certificate of one's own. Default: those of the application's option `tls`. */
  readonly tls?: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'passphrase' | 'servername'>;
}

export type ResolvedClientOptions = Required<Pick<GrpcClientOptions, 'keepAliveMs' | 'keepAliveTimeoutMs'>> &
  Pick<GrpcClientOptions, 'compression' | 'tls'> & {
    /** How often calls that ran out of time may ask. */
    readonly suspicionMs: number;
  };

/** Throws `SKERRY_OPTION_INVALID`. */
export function resolveClientOptions(given: GrpcClientOptions): ResolvedClientOptions {
  const options = { keepAliveMs: 300_000, keepAliveTimeoutMs: 10_000, suspicionMs: 30_000, ...given };
  checkPositive('keepAliveMs', options.keepAliveMs);
  checkPositive('keepAliveTimeoutMs', options.keepAliveTimeoutMs);
  checkCompression(options.compression);
  const servername = options.tls?.servername;
  if (servername?.includes('{service}')) {
    const wanted = 'one name; names by service are for the option tls.serverName of the application';
    throw invalid('tls.servername', servername, wanted);
  }
  return options;
}

/** How an application speaks gRPC. */
export interface GrpcOptions {
  /** How its services are called. */
  readonly server?: GrpcServerOptions;
  /** How services of others are called. */
  readonly client?: GrpcClientOptions;
  /** Services of strangers, by the names that clients ask for. */
  readonly services?: Readonly<Record<string, GrpcServiceOptions>>;
}
